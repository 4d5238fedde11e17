//! Putting a server together.

use std::sync::Arc;

use mainstay_adapters::TemplateSource;
use mainstay_api::extract::RequiredPermission;
use mainstay_domain::{AuditKind, Permission};
use mainstay_services::{
    jobs::JobHandler,
    ports::{LogLevels, Mailer, ObjectStore},
    privacy::PersonalData,
};
use sea_orm_migration::MigrationTrait;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Context, audit_jobs,
    config::{Config, ConfigError, Declared, Loaded, Section, Sources},
    housekeeping,
    jobs::Job,
    reload::ConfigOrigin,
    schema::Steps,
};

/// Mounts routes; runs once for every HTTP worker.
pub(crate) type Mount = Arc<dyn Fn(&mut ServiceConfig<'_>, &Context) + Send + Sync>;
/// Makes jobs once the context is there.
pub(crate) type JobSource = Arc<dyn Fn(&Context) -> Vec<Job> + Send + Sync>;
/// Makes what does queued jobs once the context is there.
pub(crate) type HandlerSource = Arc<dyn Fn(&Context) -> Vec<Arc<dyn JobHandler>> + Send + Sync>;

/// Makes what a product holds about persons once the context is there.
pub(crate) type PersonalDataSource = Arc<dyn Fn(&Context) -> Vec<Arc<dyn PersonalData>> + Send + Sync>;

/// What the server says it is.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl Default for Product {
    fn default() -> Self {
        Self {
            name: "Mainstay".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Mainstay, and what a product adds to it. Mainstay's own steps and jobs go through the same
/// doors.
#[derive(Clone)]
pub struct ServerBuilder {
    pub(crate) config: Config,
    pub(crate) product: Product,
    pub(crate) routes: Vec<Mount>,
    pub(crate) permissions: Vec<Permission>,
    pub(crate) audit_kinds: Vec<AuditKind>,
    pub(crate) personal_data: Vec<PersonalDataSource>,
    pub(crate) job_sources: Vec<JobSource>,
    /// Why a section could not be read.
    pub(crate) defect: Option<ConfigError>,
    sections: Vec<Declared>,
    pub(crate) handler_sources: Vec<HandlerSource>,
    pub(crate) mail_templates: Vec<TemplateSource>,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) objects: Option<Arc<dyn ObjectStore>>,
    /// Where the configuration came from, if it is to be read again.
    pub(crate) origin: Option<ConfigOrigin>,
    pub(crate) log_levels: Option<Arc<dyn LogLevels>>,
    migrations: Vec<Steps>,
}

impl ServerBuilder {
    /// What `configure` makes of the configuration in `sources`, the sections that it adds among
    /// them.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong, not only the first mistake.
    pub fn load(sources: Sources, configure: impl Fn(Self) -> Self) -> Result<Self, ConfigError> {
        Self::load_from(&Self::sources(sources, &configure)?, configure)
    }

    /// The same from places that know of the sections; SIGHUP reads them again.
    pub(crate) fn load_from(
        sources: &Sources,
        configure: impl Fn(Self) -> Self,
    ) -> Result<Self, ConfigError> {
        let loaded = Loaded::load(sources)?;
        let origin = ConfigOrigin::new(sources.clone(), &loaded);
        let server = configure(Self::new(loaded.config));
        Ok(Self {
            origin: Some(origin),
            ..server
        })
    }

    /// The same places, where the sections that `configure` adds are looked for, too.
    pub(crate) fn sources(
        sources: Sources,
        configure: impl Fn(Self) -> Self,
    ) -> Result<Sources, ConfigError> {
        let nowhere = Config::load(&Sources::none())?;
        Ok(sources.sections(configure(Self::new(nowhere)).sections))
    }

    /// Mainstay itself.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let bare = Self {
            config,
            product: Product::default(),
            routes: Vec::new(),
            permissions: Vec::new(),
            audit_kinds: Vec::new(),
            personal_data: Vec::new(),
            job_sources: Vec::new(),
            defect: None,
            sections: Vec::new(),
            handler_sources: Vec::new(),
            mail_templates: Vec::new(),
            mailer: None,
            objects: None,
            origin: None,
            log_levels: None,
            migrations: Vec::new(),
        };
        bare.migrations(mainstay_migration::steps)
            .jobs(housekeeping::jobs)
            .jobs(audit_jobs::jobs)
    }

    /// Names the product, for `GET /`, the OpenAPI document and the greeting at the start.
    #[must_use]
    pub fn product(mut self, name: &str, version: &str) -> Self {
        self.product = Product {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        self
    }

    /// Adds routes. They belong under `/api/v1` and appear in the OpenAPI document.
    #[must_use]
    pub fn routes(
        mut self,
        mount: impl Fn(&mut ServiceConfig<'_>, &Context) + Send + Sync + 'static,
    ) -> Self {
        self.routes.push(Arc::new(mount));
        self
    }

    /// Adds steps of the schema; they run after Mainstay's.
    #[must_use]
    pub fn migrations(
        mut self,
        steps: impl Fn() -> Vec<Box<dyn MigrationTrait>> + Send + Sync + 'static,
    ) -> Self {
        self.migrations.push(Arc::new(steps));
        self
    }

    /// Adds permissions that roles can grant and administrators hold.
    #[must_use]
    pub fn permissions(mut self, permissions: impl IntoIterator<Item = Permission>) -> Self {
        self.permissions.extend(permissions);
        self
    }

    /// Adds the permission that a handler asks for by `Require<P>`.
    #[must_use]
    pub fn permission<P: RequiredPermission>(self) -> Self {
        self.permissions([P::PERMISSION])
    }

    /// Adds kinds of audit events, so that the log can be asked for them; made by
    /// [`AuditKind::product`].
    #[must_use]
    pub fn audit_kinds(mut self, kinds: impl IntoIterator<Item = AuditKind>) -> Self {
        self.audit_kinds.extend(kinds);
        self
    }

    /// Adds a section to the configuration, and what is made of its values. Its keys are known
    /// to the command line, to [`ServerBuilder::load`], and to the test kit.
    ///
    /// ```ignore
    /// server.section(|server, notes: NotesConfig| {
    ///     server.routes(move |config, context| routes::configure(config, context, &notes))
    /// })
    /// ```
    #[must_use]
    pub fn section<S: Section>(mut self, add: impl FnOnce(Self, S) -> Self) -> Self {
        self.sections.push(Declared::of::<S>());
        match self.config.section() {
            Ok(section) => add(self, section),
            Err(defect) => Self {
                defect: Some(defect),
                ..self
            },
        }
    }

    /// Adds what the product holds about persons, for `GET /users/me/export` and for the purge
    /// of deleted accounts.
    #[must_use]
    pub fn personal_data(
        mut self,
        data: impl Fn(&Context) -> Vec<Arc<dyn PersonalData>> + Send + Sync + 'static,
    ) -> Self {
        self.personal_data.push(Arc::new(data));
        self
    }

    /// Adds jobs.
    #[must_use]
    pub fn jobs(mut self, jobs: impl Fn(&Context) -> Vec<Job> + Send + Sync + 'static) -> Self {
        self.job_sources.push(Arc::new(jobs));
        self
    }

    /// How the server will run.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Adds what does queued jobs: one handler a kind.
    #[must_use]
    pub fn job_handlers(
        mut self,
        handlers: impl Fn(&Context) -> Vec<Arc<dyn JobHandler>> + Send + Sync + 'static,
    ) -> Self {
        self.handler_sources.push(Arc::new(handlers));
        self
    }

    /// Adds templates of mails. They are tried once at the start; a folder named by
    /// `mail.templates_dir` goes before them.
    #[must_use]
    pub fn mail_templates(mut self, templates: impl IntoIterator<Item = TemplateSource>) -> Self {
        self.mail_templates.extend(templates);
        self
    }

    /// Sends mails by `mailer`, whatever `mail.transport` says.
    #[must_use]
    pub fn mailer(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.mailer = Some(mailer);
        self
    }

    /// Keeps the octets of files in `objects`, whatever `storage.backend` says.
    #[must_use]
    pub fn objects(mut self, objects: Arc<dyn ObjectStore>) -> Self {
        self.objects = Some(objects);
        self
    }

    /// Changes what is logged by `levels`: for products that installed a subscriber of their own before
    /// the server runs.
    #[must_use]
    pub fn log_levels(mut self, levels: Arc<dyn LogLevels>) -> Self {
        self.log_levels = Some(levels);
        self
    }

    /// The configuration and every step of the schema, for commands that need no server.
    pub(crate) fn into_schema(self) -> (Config, Steps) {
        let steps = self.steps();
        (self.config, steps)
    }

    /// Every step of the schema, Mainstay's first.
    pub(crate) fn steps(&self) -> Steps {
        let sources = self.migrations.clone();
        Arc::new(move || sources.iter().flat_map(|steps| steps()).collect())
    }
}
