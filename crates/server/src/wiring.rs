//! Building everything that stands behind the routes.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use mainstay_adapters::{
    Argon2Hasher, MokaPrincipalCache, SystemClock, SystemEntropy, WebauthnVerifier, derive_key,
};
use mainstay_api::{
    HttpSettings, Services,
    app::ApiState,
    system::{HealthCheck, MetricsRenderer, MigrationStatus, ServiceInfo, SystemState},
};
use mainstay_domain::{AuditKind, Permission};
use mainstay_repositories::{Store, sea::SeaStore};
use mainstay_services::{
    RoleCatalogue,
    audit::{AuditChain, AuditService, ChainKey},
    auth::{AccountMailWriter, AuthPorts, AuthService},
    jobs::{JobRunner, JobService, JobSettings},
    mail::{MailDelivery, MailOutbox},
    ports::{
        Clock, Entropy, FileScanner, LogLevels, ObjectStore, PasswordHasher, PrincipalCache, TokenSigner,
    },
    privacy::PrivacyService,
    roles::{RolePorts, RoleService},
    storage::{DeleteFiles, FileHooks, ScanFile},
    system::SystemService,
    users::{UserPorts, UserService, UserTransfer},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Context, ServerBuilder, avatars,
    builder::Product,
    config::{Config, secret_key},
    file_hooks, identity_providers, key_wiring, mail, objects,
    part_settings::{auth_settings, hasher_settings, http_settings, privacy_settings, webauthn_settings},
    redis::{Redis, Sharing},
    retention::Retention,
    schema::{self, Steps},
    telemetry,
};

/// How long an authenticator app that was offered may wait for its first code.
pub(crate) const ENROLMENT_TTL: Duration = Duration::from_secs(15 * 60);

/// What the key of proofs of work is for.
pub(crate) const LOGIN_CHALLENGES: &str = "login challenges";

/// Everything behind the routes.
pub(crate) struct Wired {
    pub(crate) context: Context,
    pub(crate) services: Services,
    pub(crate) state: ApiState,
    pub(crate) settings: HttpSettings,
    pub(crate) runner: JobRunner,
    pub(crate) redis: Option<Arc<Redis>>,
    pub(crate) remembered: Arc<MokaPrincipalCache>,
}

/// Builds everything over an open store. Nothing here waits or computes for long: the first
/// request should be answered as soon as the process runs.
pub(crate) fn wire(builder: ServerBuilder, sea: SeaStore) -> anyhow::Result<Wired> {
    let steps = builder.steps();
    let ServerBuilder {
        config,
        product,
        permissions,
        audit_kinds,
        handler_sources,
        mail_templates,
        mailer,
        objects,
        personal_data,
        log_levels,
        ..
    } = builder;
    let secret = secret_key(&config)?;
    let objects = objects::configured(&config, objects)?;
    let context = context(config, &secret, (sea, objects))?;
    context
        .privacy
        .add(personal_data.iter().flat_map(|source| source(&context)).collect());
    let handlers: Vec<_> = handler_sources
        .iter()
        .flat_map(|source| source(&context))
        .collect();
    let hooks = file_hooks::hooks(&context.config.scan, &handlers);
    let scanner = hooks.scanner.clone();
    let sharing = Sharing::configured(&context)?;
    let levels = log_levels.or_else(telemetry::log_levels);
    let known = (permissions, audit_kinds.as_slice());
    let services = services(&context, &secret, (hooks, &sharing, levels), known)?;
    let settings = http_settings(&context.config, &secret)?;
    let delivery = mail::delivery(&context, &product.name, mail_templates, mailer)?;
    let health = health(&context, &delivery, scanner.as_ref(), &sharing);
    let mut own = job_runner(&context)?
        .with(Arc::new(delivery))
        .with(Arc::new(AccountMailWriter(Arc::clone(&services.auth))))
        .with(Arc::new(DeleteFiles {
            storage: Arc::clone(&services.storage),
        }));
    if let Some(scanner) = scanner {
        let storage = Arc::clone(&services.storage);
        own = own.with(Arc::new(ScanFile { storage, scanner }));
    }
    let runner = handlers.into_iter().fold(own, JobRunner::with);
    let state = ApiState {
        audit_kinds,
        ..api_state(&context, &services, product, steps, health)
    };
    Ok(Wired {
        context,
        services,
        state,
        settings,
        runner,
        redis: sharing.redis,
        remembered: sharing.local,
    })
}

/// What readiness tells of besides the database.
fn health(
    context: &Context,
    delivery: &MailDelivery,
    scanner: Option<&Arc<dyn FileScanner>>,
    sharing: &Sharing,
) -> Vec<Arc<dyn HealthCheck>> {
    let mut health: Vec<Arc<dyn HealthCheck>> =
        vec![mail::health(&delivery.mailer), objects::health(&context.objects)];
    if let Some(scanner) = scanner {
        health.push(Arc::new(file_hooks::ScannerHealth(Arc::clone(scanner))));
    }
    health.extend(sharing.health());
    health
}

fn context(
    config: Config,
    secret: &SecretString,
    (sea, objects): (SeaStore, Arc<dyn ObjectStore>),
) -> anyhow::Result<Context> {
    let store: Arc<dyn Store> = Arc::new(sea.clone());
    let (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>) =
        (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let sealer = key_wiring::sealer(&config, secret)?;
    let mail = Arc::new(MailOutbox {
        sealer: Arc::clone(&sealer),
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
    });
    let audit_chain = AuditChain::new(
        Arc::clone(&store),
        Arc::clone(&clock),
        Arc::clone(&entropy),
        ChainKey(key_for(secret, "audit chain")),
    );
    let privacy = PrivacyService::new(
        Arc::clone(&store),
        Arc::clone(&clock),
        Arc::clone(&entropy),
        privacy_settings(&config),
    );
    Ok(Context {
        retention: Retention::new(&config),
        config: Arc::new(config),
        store,
        sea,
        clock,
        entropy,
        sealer,
        mail,
        objects,
        audit_chain: Arc::new(audit_chain),
        privacy: Arc::new(privacy),
    })
}

fn services(
    context: &Context,
    secret: &SecretString,
    (hooks, sharing, levels): (FileHooks, &Sharing, Option<Arc<dyn LogLevels>>),
    (permissions, audit_kinds): (Vec<Permission>, &[AuditKind]),
) -> anyhow::Result<Services> {
    let Context {
        config,
        store,
        clock,
        entropy,
        mail,
        ..
    } = context;
    let shared = Shared {
        store: Arc::clone(store),
        hasher: hasher(config)?,
        principals: Arc::clone(&sharing.principals),
        roles: Arc::new(RoleCatalogue::new(
            Arc::clone(store),
            Arc::clone(clock),
            permissions,
        )),
        mail: Arc::clone(mail),
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
    };
    let signer = key_wiring::signer(config, secret)?;
    let storage = Arc::new(objects::storage_service(context, &shared.roles, secret, hooks));
    let users = Arc::new(UserService::new(shared.user_ports()));
    let system = SystemService::new(Arc::clone(store), Arc::clone(clock), Arc::clone(entropy));
    Ok(Services {
        avatars: Arc::new(avatars::avatar_service(config, &shared, (&users, &storage))),
        auth: Arc::new(auth_service(&shared, config, (secret, Arc::clone(&signer) as _))?),
        api_keys: Arc::new(key_wiring::api_key_service(
            context,
            &shared,
            sharing.redis.as_deref(),
        )?),
        signing_keys: Arc::new(key_wiring::signing_key_service(context, signer)?),
        users,
        roles: Arc::new(RoleService::new(shared.role_ports())),
        audit: Arc::new(AuditService::new(Arc::clone(store)).with_kinds(audit_kinds.iter().copied())),
        jobs: Arc::new(JobService::new(Arc::clone(store), Arc::clone(clock))),
        transfer: Arc::new(shared.transfer()),
        storage,
        system: Arc::new(system.with_log_levels(levels)),
        privacy: Arc::clone(&context.privacy),
    })
}

/// Ports that more than one service stands on.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) hasher: Arc<dyn PasswordHasher>,
    pub(crate) principals: Arc<dyn PrincipalCache>,
    pub(crate) roles: Arc<RoleCatalogue>,
    pub(crate) mail: Arc<MailOutbox>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Shared {
    fn user_ports(&self) -> UserPorts {
        UserPorts {
            store: Arc::clone(&self.store),
            principals: Arc::clone(&self.principals),
            roles: Arc::clone(&self.roles),
            mail: Arc::clone(&self.mail),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    fn transfer(&self) -> UserTransfer {
        UserTransfer {
            store: Arc::clone(&self.store),
            hasher: Arc::clone(&self.hasher),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    fn role_ports(&self) -> RolePorts {
        RolePorts {
            store: Arc::clone(&self.store),
            principals: Arc::clone(&self.principals),
            roles: Arc::clone(&self.roles),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }
}

fn auth_service(
    shared: &Shared,
    config: &Config,
    (secret, signer): (&SecretString, Arc<dyn TokenSigner>),
) -> anyhow::Result<AuthService> {
    let ports = AuthPorts {
        store: Arc::clone(&shared.store),
        hasher: Arc::clone(&shared.hasher),
        policy: crate::safeguards::password_policy(&config.auth, &config.server)?,
        signer,
        principals: Arc::clone(&shared.principals),
        roles: Arc::clone(&shared.roles),
        identity_providers: identity_providers::identity_providers(config)?,
        mail: Arc::clone(&shared.mail),
        passkeys: Arc::new(WebauthnVerifier::new(webauthn_settings(config))),
        sealer: Arc::clone(&shared.mail.sealer),
        clock: Arc::clone(&shared.clock),
        entropy: Arc::clone(&shared.entropy),
    };
    Ok(AuthService::new(ports, auth_settings(config, secret)?))
}

pub(crate) fn key_for(secret: &SecretString, purpose: &str) -> [u8; 32] {
    derive_key(secret.expose_secret().as_bytes(), purpose)
}

fn hasher(config: &Config) -> anyhow::Result<Arc<dyn PasswordHasher>> {
    let hasher = Argon2Hasher::new(&hasher_settings(&config.hashing))?;
    Ok(Arc::new(hasher.with_firebase(config.auth.firebase_scrypt()?)))
}

fn job_runner(context: &Context) -> anyhow::Result<JobRunner> {
    let jobs = &context.config.jobs;
    let settings = JobSettings {
        lease: TimeDelta::from_std(jobs.lease)?,
        retry_delay: TimeDelta::from_std(jobs.retry_delay)?,
        longest_delay: TimeDelta::from_std(jobs.retry_max_delay)?,
    };
    Ok(JobRunner::new(
        Arc::clone(&context.store),
        Arc::clone(&context.clock),
        Arc::clone(&context.entropy),
        settings,
    ))
}

fn api_state(
    context: &Context,
    services: &Services,
    product: Product,
    steps: Steps,
    health: impl IntoIterator<Item = Arc<dyn HealthCheck>>,
) -> ApiState {
    let info = ServiceInfo {
        name: product.name,
        version: product.version,
        environment: context.config.environment.to_string(),
        build: telemetry::BUILD.to_owned(),
    };
    let schema = SchemaStatus {
        sea: context.sea.clone(),
        steps,
    };
    let metrics = telemetry::init_metrics();
    let system = SystemState::new(info, Arc::clone(&context.store), Arc::new(schema));
    ApiState {
        system: Arc::new(health.into_iter().fold(system, SystemState::with_check)),
        store: Arc::clone(&context.store),
        authenticator: services.authenticator(),
        metrics: Some(MetricsRenderer(Arc::new(move || metrics.render()))),
        audit_kinds: Vec::new(),
        document: Arc::new(OnceLock::new()),
    }
}

/// Tells the readiness check how many steps are missing.
struct SchemaStatus {
    sea: SeaStore,
    steps: Steps,
}

#[async_trait]
impl MigrationStatus for SchemaStatus {
    async fn pending(&self) -> Result<u32, String> {
        let pending = schema::pending(&self.sea, &self.steps).await;
        pending.map_err(|error| error.to_string())
    }
}
