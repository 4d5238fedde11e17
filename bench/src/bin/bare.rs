//! The physical limit: actix-web and sqlx as their documentation starts them, and nothing else.
//!
//! `DATABASE_URL`, `PORT` and `SECRET_KEY` from the environment. `bare seed N` makes the tables
//! anew with N users of the password in `BENCH_PASSWORD`. No request ids, no log, no limits, no
//! metrics, no cache, no bound on hashing: whatever Mainstay adds shows in the difference.

use std::{env, error::Error, fmt};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, ResponseError,
    http::{StatusCode, header::AUTHORIZATION},
    web::{self, Data, Json},
};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc};
use aws_lc_rs::{digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use mainstay_bench::{Database, User};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

struct State {
    database: Database,
    encoding_key: EncodingKey,
    decoding_key: DecodingKey,
    validation: Validation,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    exp: i64,
}

#[derive(Deserialize)]
struct Login {
    email: String,
    password: String,
}

#[derive(Serialize, Deserialize)]
struct Refresh {
    refresh_token: String,
}

#[derive(Serialize)]
struct Tokens {
    access_token: String,
    refresh_token: String,
}

#[derive(Debug)]
enum Failure {
    Unauthorized,
    Internal(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthorized => f.write_str("unauthorized"),
            Self::Internal(reason) => f.write_str(reason),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

fn internal(error: impl fmt::Display) -> Failure {
    Failure::Internal(error.to_string())
}

fn caller(state: &State, request: &HttpRequest) -> Result<Uuid, Failure> {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|text| text.strip_prefix("Bearer "))
        .ok_or(Failure::Unauthorized)?;
    let data = decode::<Claims>(token, &state.decoding_key, &state.validation);
    data.map(|data| data.claims.sub)
        .map_err(|_| Failure::Unauthorized)
}

async fn health() -> &'static str {
    r#"{"status":"ok"}"#
}

async fn me(state: Data<State>, request: HttpRequest) -> Result<Json<User>, Failure> {
    let id = caller(&state, &request)?;
    let user = state.database.user(id).await.map_err(internal)?;
    user.map(Json).ok_or(Failure::Unauthorized)
}

async fn list(state: Data<State>, request: HttpRequest) -> Result<Json<Vec<User>>, Failure> {
    caller(&state, &request)?;
    state.database.latest().await.map(Json).map_err(internal)
}

async fn login(state: Data<State>, body: Json<Login>) -> Result<HttpResponse, Failure> {
    let Login { email, password } = body.into_inner();
    let found = state.database.credential(&email).await.map_err(internal)?;
    let (user, hash) = found.ok_or(Failure::Unauthorized)?;
    let matches = web::block(move || {
        phc::PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    })
    .await
    .map_err(internal)?;
    if !matches {
        return Err(Failure::Unauthorized);
    }
    let refresh_token = new_refresh_token()?;
    state
        .database
        .issue(user, &hash_of(&refresh_token))
        .await
        .map_err(internal)?;
    answer(&state, user, refresh_token)
}

async fn refresh(state: Data<State>, body: Json<Refresh>) -> Result<HttpResponse, Failure> {
    let successor = new_refresh_token()?;
    let rotated = state
        .database
        .rotate(&hash_of(&body.refresh_token), &hash_of(&successor))
        .await;
    let user = rotated.map_err(internal)?.ok_or(Failure::Unauthorized)?;
    answer(&state, user, successor)
}

fn answer(state: &State, user: Uuid, refresh_token: String) -> Result<HttpResponse, Failure> {
    let claims = Claims {
        sub: user,
        exp: Utc::now().timestamp() + 3600,
    };
    let access_token =
        encode(&Header::new(Algorithm::HS256), &claims, &state.encoding_key).map_err(internal)?;
    Ok(HttpResponse::Ok().json(Tokens {
        access_token,
        refresh_token,
    }))
}

fn new_refresh_token() -> Result<String, Failure> {
    let mut octets = [0; 32];
    rand::fill(&mut octets).map_err(internal)?;
    Ok(URL_SAFE_NO_PAD.encode(octets))
}

fn hash_of(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes())
        .as_ref()
        .to_vec()
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Database::open(&env::var("DATABASE_URL")?).await?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [command, users] = arguments.as_slice()
        && command == "seed"
    {
        let hash = Argon2::default()
            .hash_password(env::var("BENCH_PASSWORD")?.as_bytes())?
            .to_string();
        return Ok(database.seed(users.parse()?, &hash).await?);
    }
    let secret = env::var("SECRET_KEY")?;
    let state = Data::new(State {
        database,
        encoding_key: EncodingKey::from_secret(secret.as_bytes()),
        decoding_key: DecodingKey::from_secret(secret.as_bytes()),
        validation: Validation::new(Algorithm::HS256),
    });
    HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .route("/health", web::get().to(health))
            .route("/me", web::get().to(me))
            .route("/list", web::get().to(list))
            .route("/login", web::post().to(login))
            .route("/refresh", web::post().to(refresh))
    })
    .bind(("127.0.0.1", env::var("PORT")?.parse()?))?
    .run()
    .await?;
    Ok(())
}
