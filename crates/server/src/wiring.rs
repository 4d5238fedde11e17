//! Building everything that stands behind the routes.

use std::{
    num::NonZero,
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use mainstay_adapters::{
    Argon2Hasher, HasherSettings, MokaPrincipalCache, PrincipalCacheSettings, SystemClock, SystemEntropy,
    WebauthnSettings, WebauthnVerifier, derive_key,
};
use mainstay_api::{
    BodyLimit, HttpSettings, Services,
    app::ApiState,
    extract::{CursorKey, TrustedProxies},
    system::{HealthCheck, MetricsRenderer, MigrationStatus, ServiceInfo, SystemState},
};
use mainstay_domain::{AuditKind, Permission, RoleName, ThrottlePolicy};
use mainstay_repositories::{Store, sea::SeaStore};
use mainstay_services::{
    RoleCatalogue,
    audit::{AuditChain, AuditService, ChainKey},
    auth::{
        AccountMailWriter, AuthPorts, AuthService, AuthSettings, RefreshKey, RegistrationMode,
        ThrottleSettings,
    },
    jobs::{JobRunner, JobService, JobSettings},
    mail::MailOutbox,
    ports::{Clock, Entropy, PasswordHasher, PrincipalCache, RelyingParty, TokenSigner},
    privacy::{PrivacyService, PrivacySettings},
    roles::{RolePorts, RoleService},
    users::{UserPorts, UserService, UserTransfer},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    Context, ServerBuilder,
    builder::Product,
    config::{Config, HashingConfig, Registration, SECOND_FACTOR_MEMORY, ThrottleConfig, secret_key},
    key_wiring, mail, safeguards,
    schema::{self, Steps},
    telemetry,
};

/// Browsers insist on HTTPS for two years, as the preload list asks for.
const HSTS_MAX_AGE: Duration = Duration::from_secs(2 * 365 * 86_400);

/// How long an authenticator app that was offered may wait for its first code.
pub(crate) const ENROLMENT_TTL: Duration = Duration::from_secs(15 * 60);

/// Everything behind the routes.
pub(crate) struct Wired {
    pub(crate) context: Context,
    pub(crate) services: Services,
    pub(crate) state: ApiState,
    pub(crate) settings: HttpSettings,
    pub(crate) runner: JobRunner,
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
        personal_data,
        ..
    } = builder;
    let secret = secret_key(&config)?;
    let context = context(config, &secret, sea)?;
    context
        .privacy
        .add(personal_data.iter().flat_map(|source| source(&context)).collect());
    let services = services(&context, &secret, permissions, &audit_kinds)?;
    let settings = http_settings(&context.config, &secret)?;
    let delivery = mail::delivery(&context, &product.name, mail_templates, mailer)?;
    let health = Arc::new(mail::MailHealth::new(Arc::clone(&delivery.mailer)));
    let handlers = handler_sources.iter().flat_map(|source| source(&context));
    let own = job_runner(&context)?
        .with(Arc::new(delivery))
        .with(Arc::new(AccountMailWriter(Arc::clone(&services.auth))));
    let runner = handlers.fold(own, JobRunner::with);
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
    })
}

fn context(config: Config, secret: &SecretString, sea: SeaStore) -> anyhow::Result<Context> {
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
        config: Arc::new(config),
        store,
        sea,
        clock,
        entropy,
        sealer,
        mail,
        audit_chain: Arc::new(audit_chain),
        privacy: Arc::new(privacy),
    })
}

fn privacy_settings(config: &Config) -> PrivacySettings {
    PrivacySettings {
        deletion_grace: TimeDelta::days(i64::from(config.users.delete_grace_days)),
        exports: config.throttle.enabled.then_some(PrivacySettings::EXPORTS),
    }
}

fn services(
    context: &Context,
    secret: &SecretString,
    permissions: Vec<Permission>,
    audit_kinds: &[AuditKind],
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
        principals: Arc::new(principal_cache(config)),
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
    Ok(Services {
        auth: Arc::new(auth_service(&shared, config, (secret, Arc::clone(&signer) as _))?),
        api_keys: Arc::new(key_wiring::api_key_service(context, &shared)?),
        signing_keys: Arc::new(key_wiring::signing_key_service(context, signer)?),
        users: Arc::new(UserService::new(shared.user_ports())),
        roles: Arc::new(RoleService::new(shared.role_ports())),
        audit: Arc::new(AuditService::new(Arc::clone(store)).with_kinds(audit_kinds.iter().copied())),
        jobs: Arc::new(JobService::new(Arc::clone(store), Arc::clone(clock))),
        transfer: Arc::new(shared.transfer()),
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
        policy: safeguards::password_policy(&config.auth, &config.server)?,
        signer,
        principals: Arc::clone(&shared.principals),
        roles: Arc::clone(&shared.roles),
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

/// With `threads` at 0 one core is left to those who are logged in.
fn hasher_settings(config: &HashingConfig) -> HasherSettings {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    HasherSettings {
        memory_kib: config.memory_kib,
        iterations: config.iterations,
        parallelism: config.parallelism,
        threads: if config.threads == 0 {
            cores.max(2) - 1
        } else {
            config.threads
        },
        queue: config.queue,
    }
}

fn principal_cache(config: &Config) -> MokaPrincipalCache {
    if !config.cache.enabled {
        return MokaPrincipalCache::disabled();
    }
    MokaPrincipalCache::new(&PrincipalCacheSettings {
        ttl: config.cache.principal_ttl,
        capacity: config.cache.principal_capacity,
    })
}

fn auth_settings(config: &Config, secret: &SecretString) -> anyhow::Result<AuthSettings> {
    let auth = &config.auth;
    Ok(AuthSettings {
        registration: match auth.registration {
            Registration::Open => RegistrationMode::Open,
            Registration::Verified => RegistrationMode::Verified,
            Registration::Invite => RegistrationMode::Invite,
            Registration::Closed => RegistrationMode::Closed,
        },
        require_verified_email: auth.require_verified_email,
        access_ttl: TimeDelta::from_std(auth.access_token_ttl)?,
        refresh_idle_ttl: TimeDelta::from_std(auth.refresh_idle_ttl)?,
        refresh_absolute_ttl: TimeDelta::from_std(auth.refresh_absolute_ttl)?,
        replay_window: TimeDelta::from_std(auth.refresh_replay_window)?,
        mfa_login_ttl: TimeDelta::minutes(5),
        link_ttl: TimeDelta::from_std(auth.link_ttl)?,
        code_ttl: TimeDelta::from_std(auth.code_ttl)?,
        invitation_ttl: TimeDelta::from_std(auth.invitation_ttl)?,
        mail_sign_in: auth.mail_sign_in,
        public_url: config.server.public_url(config.server.port),
        enrolment_ttl: TimeDelta::from_std(ENROLMENT_TTL)?,
        step_up_max_age: TimeDelta::from_std(auth.step_up_max_age)?,
        mfa_required_for_roles: roles(&auth.mfa_required_for_roles)?,
        display_name: auth.display_name.clone(),
        first_admin_ttl: TimeDelta::from_std(auth.first_admin_link_ttl)?,
        refresh_key: RefreshKey(key_for(secret, "refresh tokens")),
        throttle: ThrottleSettings {
            challenge: safeguards::challenge(&config.throttle, key_for(secret, "login challenges"))?,
            ..throttle_settings(&config.throttle)?
        },
    })
}

/// Without a public URL pages are those of this machine: browsers take `localhost` for a domain,
/// and no address.
fn webauthn_settings(config: &Config) -> WebauthnSettings {
    let local = format!("http://localhost:{}", config.server.port);
    let public = config.server.public_url.as_deref().unwrap_or(&local);
    let url = Url::parse(public).ok();
    let host = url.as_ref().and_then(Url::domain).unwrap_or("localhost");
    let origin = url
        .as_ref()
        .map_or(local.clone(), |url| url.origin().ascii_serialization());
    let passkeys = &config.passkeys;
    WebauthnSettings {
        relying_party: RelyingParty {
            id: passkeys.domain.clone().unwrap_or_else(|| host.to_owned()),
            name: config.auth.display_name.clone(),
        },
        origins: if passkeys.origins.is_empty() {
            vec![origin]
        } else {
            passkeys.origins.clone()
        },
    }
}

fn roles(names: &[String]) -> anyhow::Result<Vec<RoleName>> {
    let parsed = names.iter().map(|name| RoleName::parse(name));
    Ok(parsed.collect::<Result<_, _>>()?)
}

fn throttle_settings(config: &ThrottleConfig) -> anyhow::Result<ThrottleSettings> {
    let base_delay = TimeDelta::from_std(config.base_delay)?;
    let forget_after = TimeDelta::from_std(config.forget_after)?;
    let policy = |free_tries, max_delay| -> anyhow::Result<ThrottlePolicy> {
        Ok(ThrottlePolicy {
            free_tries,
            base_delay,
            max_delay: TimeDelta::from_std(max_delay)?,
            forget_after,
        })
    };
    Ok(ThrottleSettings {
        enabled: config.enabled,
        account: policy(config.account_free_tries, config.account_max_delay)?,
        account_anywhere: policy(config.anywhere_free_tries, config.anywhere_max_delay)?,
        address: policy(config.address_free_tries, config.address_max_delay)?,
        registration: policy(config.register_free_tries, config.register_max_delay)?,
        challenge: None,
        mail: policy(config.mail_free_tries, config.mail_max_delay)?,
        second_factor: ThrottlePolicy {
            forget_after: TimeDelta::from_std(SECOND_FACTOR_MEMORY)?,
            ..policy(config.second_factor_free_tries, config.second_factor_max_delay)?
        },
    })
}

fn http_settings(config: &Config, secret: &SecretString) -> anyhow::Result<HttpSettings> {
    let server = &config.server;
    let proxies = TrustedProxies::parse(&server.trusted_proxies).map_err(anyhow::Error::msg)?;
    Ok(HttpSettings {
        cors_origins: server.cors_origins.clone(),
        cookie_mode: safeguards::cookie_mode(&config.auth, server),
        trusted_proxies: proxies,
        body_limit: BodyLimit(server.body_limit),
        request_timeout: server.request_timeout,
        hsts: (server.hsts && server.is_https()).then_some(HSTS_MAX_AGE),
        docs_enabled: server.docs_enabled && server.management_port.is_none(),
        metrics_enabled: server.metrics_enabled && server.management_port.is_none(),
        cursor_key: CursorKey::new(&key_for(secret, "list cursors")),
        front_end_url: config.auth.front_end_url.clone(),
        quiet_health: config.environment.is_production(),
    })
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
    mail: Arc<dyn HealthCheck>,
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
    ApiState {
        system: Arc::new(
            SystemState::new(info, Arc::clone(&context.store), Arc::new(schema)).with_check(mail),
        ),
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
