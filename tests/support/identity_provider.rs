//! A provider that says whatever a test wants it to say, with keys of its own.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    web::{self, Data},
};
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// What the provider says next.
pub struct Says {
    /// Claims laid over the ordinary ones; `null` takes one away.
    pub claims: Value,
    /// `alg` of the header: `ES256`, `RS256`, `none`, or `HS256` with the public key for a secret.
    pub algorithm: &'static str,
    /// The issuer in the discovery document, if it is to be a wrong one.
    pub issuer: Option<String>,
    /// Name of the key.
    pub kid: String,
    key: EcdsaKeyPair,
    /// Signs in the place of the other one, once there is one.
    rsa: Option<RsaKeyPair>,
    /// The tenant that signs, if the provider has many.
    pub tenant: Option<String>,
    /// Stands in the place of a signature, if it is to be a wrong one.
    pub signature: Option<Vec<u8>>,
    /// What the client must prove itself with.
    pub client_secret: String,
    /// The ID tokens that were handed out.
    pub signed: Vec<String>,
    /// What the authorization request asked, by code.
    asked: BTreeMap<String, BTreeMap<String, String>>,
    /// Codes that were redeemed.
    used: Vec<String>,
    base: String,
    /// How often the discovery document was read.
    pub documents_read: usize,
    /// How often the keys were read.
    pub keys_read: usize,
}

/// A provider on a thread and a port of its own.
#[derive(Clone)]
pub struct FakeProvider {
    pub url: String,
    says: Arc<Mutex<Says>>,
}

fn new_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

impl FakeProvider {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr: SocketAddr = listener.local_addr().unwrap();
        let url = format!("http://{addr}");
        let says = Arc::new(Mutex::new(Says {
            claims: json!({}),
            algorithm: "ES256",
            issuer: None,
            kid: "one".to_owned(),
            key: new_key(),
            rsa: None,
            tenant: None,
            signature: None,
            client_secret: "a client secret".to_owned(),
            signed: Vec::new(),
            asked: BTreeMap::new(),
            used: Vec::new(),
            base: url.clone(),
            documents_read: 0,
            keys_read: 0,
        }));
        let state = Arc::clone(&says);
        thread::spawn(move || {
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(Data::from(Arc::clone(&state)))
                    .route("/.well-known/openid-configuration", web::get().to(discovery))
                    .route(
                        "/{tenant}/v2.0/.well-known/openid-configuration",
                        web::get().to(tenants),
                    )
                    .route("/keys", web::get().to(keys))
                    .route("/token", web::post().to(token))
                    .route("/login/oauth/access_token", web::post().to(token))
                    .route("/user", web::get().to(user))
                    .route("/me", web::get().to(user_info))
                    .route("/user/emails", web::get().to(emails))
            });
            let server = server
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run();
            actix_web::rt::System::new().block_on(server)
        });
        Self { url, says }
    }

    pub fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().unwrap()
    }

    /// Says these claims from now on, besides the ordinary ones.
    pub fn claims(&self, claims: Value) {
        self.says().claims = claims;
    }

    /// Takes another key.
    pub fn rotate(&self, kid: &str) {
        let mut says = self.says();
        says.key = new_key();
        says.kid = kid.to_owned();
    }

    /// Signs with an RSA key from now on.
    pub fn take_rsa_key(&self) {
        let mut says = self.says();
        says.rsa = Some(RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
        says.algorithm = "RS256";
    }

    /// Somebody logs in there: the code for what a redirect to the provider asks.
    pub fn log_in(&self, location: &str) -> (String, String) {
        let code = format!("code-{}", self.says().asked.len());
        (self.name_code(&code, location), code)
    }

    /// The same with a code that the test chooses; gives back the state.
    pub fn name_code(&self, code: &str, location: &str) -> String {
        let query = location.split_once('?').unwrap().1;
        let asked: BTreeMap<String, String> = web::Query::<BTreeMap<String, String>>::from_query(query)
            .unwrap()
            .into_inner();
        let state = asked["state"].clone();
        self.says().asked.insert(code.to_owned(), asked);
        state
    }
}

async fn discovery(says: Data<Mutex<Says>>) -> HttpResponse {
    let mut says = says.lock().unwrap();
    says.documents_read += 1;
    let issuer = says.issuer.as_ref().unwrap_or(&says.base);
    HttpResponse::Ok().json(document(&says.base, issuer))
}

/// As Microsoft has it where there are many tenants: the issuer has a placeholder.
async fn tenants(says: Data<Mutex<Says>>) -> HttpResponse {
    let base = &says.lock().unwrap().base;
    HttpResponse::Ok().json(document(base, &format!("{base}/{{tenantid}}/v2.0")))
}

fn document(base: &str, issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
        "userinfo_endpoint": format!("{base}/me"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    })
}

async fn keys(says: Data<Mutex<Says>>) -> HttpResponse {
    let mut says = says.lock().unwrap();
    says.keys_read += 1;
    let encode = |octets: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(octets);
    let mut key = if let Some(rsa) = &says.rsa {
        let public = rsa.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        json!({
            "kty": "RSA", "alg": "RS256",
            "n": encode(n.big_endian_without_leading_zero()), "e": encode(e.big_endian_without_leading_zero()),
        })
    } else {
        let point = says.key.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..65]) })
    };
    key["use"] = json!("sig");
    key["kid"] = json!(says.kid);
    if says.tenant.is_some() {
        key["issuer"] = json!(format!("{}/{{tenantid}}/v2.0", says.base));
    }
    HttpResponse::Ok().json(json!({ "keys": [key] }))
}

async fn token(says: Data<Mutex<Says>>, form: web::Form<BTreeMap<String, String>>) -> HttpResponse {
    let mut says = says.lock().unwrap();
    let refused = || HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" }));
    let code = form["code"].clone();
    let Some(asked) = says.asked.get(&code).cloned() else {
        return refused();
    };
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, form["code_verifier"].as_bytes());
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest);
    let fits = asked["code_challenge"] == challenge
        && asked["code_challenge_method"] == "S256"
        && asked["redirect_uri"] == form["redirect_uri"]
        && asked["client_id"] == form["client_id"];
    if says.used.contains(&code) || !fits || form["client_secret"] != says.client_secret {
        return refused();
    }
    says.used.push(code);
    let nonce = asked.get("nonce").cloned().unwrap_or_default();
    let token = sign(&says, &nonce);
    says.signed.push(token.clone());
    HttpResponse::Ok().json(json!({ "access_token": "theirs", "token_type": "Bearer", "id_token": token }))
}

fn sign(says: &Says, nonce: &str) -> String {
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let mut claims = json!({
        "iss": says.base, "aud": "mainstay", "sub": "ada", "nonce": nonce, "iat": now, "exp": now + 300,
        "email": "ada@example.com", "email_verified": true, "given_name": "Ada",
    });
    if let Some(tenant) = &says.tenant {
        claims["iss"] = json!(format!("{}/{tenant}/v2.0", says.base));
        claims["tid"] = json!(tenant);
    }
    for (name, value) in says.claims.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": says.algorithm, "kid": says.kid });
    let message = format!("{}.{}", encode(&header), encode(&claims));
    let signature = match says.algorithm {
        _ if says.signature.is_some() => says.signature.clone().unwrap(),
        "none" => Vec::new(),
        "HS256" => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, says.key.public_key().as_ref());
            hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
        }
        "RS256" => {
            let key = says.rsa.as_ref().unwrap();
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message.as_bytes(),
                &mut signature,
            )
            .unwrap();
            signature
        }
        _ => {
            let random = SystemRandom::new();
            says.key
                .sign(&random, message.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec()
        }
    };
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// What is told only when asked; nothing unless the claims have it.
async fn user_info(says: Data<Mutex<Says>>, request: HttpRequest) -> HttpResponse {
    let says = says.lock().unwrap();
    let bearer = request.headers().get("authorization");
    if bearer.is_none_or(|bearer| bearer != "Bearer theirs") {
        return HttpResponse::Unauthorized().finish();
    }
    match says.claims.get("user_info") {
        Some(told) => HttpResponse::Ok().json(told),
        None => HttpResponse::Ok().json(json!({ "sub": "ada" })),
    }
}

async fn user(says: Data<Mutex<Says>>) -> HttpResponse {
    let says = says.lock().unwrap();
    HttpResponse::Ok().json(
        says.claims
            .get("user")
            .unwrap_or(&json!({ "id": 1815, "email": "x@example.com" })),
    )
}

async fn emails(says: Data<Mutex<Says>>) -> HttpResponse {
    let says = says.lock().unwrap();
    HttpResponse::Ok().json(says.claims.get("emails").unwrap_or(&json!([])))
}
