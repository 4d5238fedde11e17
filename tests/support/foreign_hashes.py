"""Hashes as other systems write them, made by those systems' own libraries.

Prints JSON Lines: what made a hash, with which password, and the hash. Needs
.ci/requirements.txt. docs/testing.md tells what for.
"""

import base64
import hashlib
import json
import logging
import os

import argon2
import django
from argon2.low_level import Type, hash_secret
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from passlib import hash as passlib
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

DJANGO = {
    "PBKDF2PasswordHasher": {"iterations": 1200},
    "PBKDF2SHA1PasswordHasher": {"iterations": 1200},
    "Argon2PasswordHasher": {},
    "BCryptSHA256PasswordHasher": {},
    "BCryptPasswordHasher": {},
    "ScryptPasswordHasher": {},
}
PASSLIB = {
    passlib.bcrypt: [{}, {"rounds": 4}, {"rounds": 5, "ident": "2a"}, {"rounds": 5, "ident": "2y"}],
    passlib.bcrypt_sha256: [{}, {"rounds": 4}, {"rounds": 4, "version": 1}],
    passlib.argon2: [{}, {"type": "i", "rounds": 2, "memory_cost": 64}, {"type": "d", "rounds": 1, "memory_cost": 64}],
    passlib.scrypt: [{}, {"rounds": 4, "block_size": 4, "parallelism": 3}],
    passlib.pbkdf2_sha1: [{}, {"rounds": 1}],
    passlib.pbkdf2_sha256: [{}, {"rounds": 1000, "salt_size": 64}],
    passlib.pbkdf2_sha512: [{}, {"rounds": 1000}],
    passlib.django_pbkdf2_sha256: [{}],
}
# A password nobody could choose here; one that is not ASCII; one longer than bcrypt looks at.
PASSWORDS = ["correct horse battery staple", "abc", "pässwörd ☃ пароль", "0123456789" * 13]

# github.com/firebase/scrypt, README: the project's parameters and the account it shows.
FIREBASE_KEY = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
FIREBASE_SEPARATOR = "Bw=="
FIREBASE_README = (
    "user1password",
    "42xEC+ixf3L2lw==",
    "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
)


def firebase(password: str, salt: bytes) -> str:
    """The project's key, encrypted by AES-256-CTR under what scrypt makes of the password."""
    salt += base64.b64decode(FIREBASE_SEPARATOR)
    key = hashlib.scrypt(password.encode(), salt=salt, n=1 << 14, r=8, p=1, maxmem=1 << 26, dklen=64)[:32]
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    return base64.b64encode(encryptor.update(base64.b64decode(FIREBASE_KEY))).decode()


def of_firebase():
    salt = os.urandom(10)
    account = (PASSWORDS[2], base64.b64encode(salt).decode(), firebase(PASSWORDS[2], salt))
    assert firebase(FIREBASE_README[0], base64.b64decode(FIREBASE_README[1])) == FIREBASE_README[2]
    everything = f"v=1,n=14,r=8,p=1,ss={FIREBASE_SEPARATOR},sk={FIREBASE_KEY}"
    for made_by, (password, salt, sum) in [("firebase README", FIREBASE_README), ("firebase formula", account)]:
        yield made_by, password, f"$fbscrypt${everything}${salt}${sum}"
        yield made_by + ", key by configuration", password, f"$fbscrypt$v=1${salt}${sum}"
    # As Firebase's REST API writes base64.
    password, salt, sum = account
    urls = str.maketrans("+/", "-_")
    yield "firebase formula, URL alphabet", password, f"$fbscrypt$v=1${salt.translate(urls)}${sum.translate(urls)}"


def of_passlib(password: str):
    for handler, variants in PASSLIB.items():
        for settings_ in variants:
            yield f"passlib {handler.name} {settings_ or ''}".strip(), password, handler.using(**settings_).hash(password)


def of_argon2_cffi(password: str):
    yield "argon2-cffi defaults", password, argon2.PasswordHasher().hash(password)
    yield "argon2-cffi RFC 9106 low memory", password, argon2.PasswordHasher.from_parameters(
        argon2.profiles.RFC_9106_LOW_MEMORY
    ).hash(password)
    for type in Type:
        for version in (16, 19):
            text = hash_secret(password.encode(), os.urandom(16), 2, 64, 2, 24, type, version).decode()
            yield f"argon2-cffi {type.name} {version}", password, text
            if version == 16:
                # Before there were versions, there was no field for them.
                yield f"argon2-cffi {type.name} of old", password, text.replace("v=16$", "")


def of_pwdlib(password: str):
    yield "pwdlib argon2", password, Argon2Hasher().hash(password)
    if len(password.encode()) <= 72:
        yield "pwdlib bcrypt", password, BcryptHasher(rounds=5).hash(password)


def of_django(password: str):
    from django.contrib.auth.hashers import get_hashers

    for hasher in get_hashers():
        yield f"django {hasher.algorithm}", password, hasher.encode(password, hasher.salt())
        for field, value in DJANGO[type(hasher).__name__].items():
            setattr(hasher, field, value)
            yield f"django {hasher.algorithm} {value}", password, hasher.encode(password, hasher.salt())


def vectors():
    for index, password in enumerate(PASSWORDS):
        for source in (of_passlib, of_argon2_cffi, of_pwdlib, of_django):
            for made_by, password, text in source(password):
                # Costly ones need no password but the first.
                if index == 0 or not is_costly(made_by):
                    yield made_by, password, text
    yield from of_firebase()


def is_costly(made_by: str) -> bool:
    defaults = {handler.name for handler in PASSLIB}
    return made_by.split(" ", 1)[1] in defaults or made_by in {
        "argon2-cffi defaults",
        "argon2-cffi RFC 9106 low memory",
        "pwdlib argon2",
        "django bcrypt",
        "django bcrypt_sha256",
        "django argon2",
    }


def main():
    logging.disable()  # passlib asks bcrypt for a version it no longer tells
    hashers = [f"django.contrib.auth.hashers.{name}" for name in DJANGO]
    settings.configure(PASSWORD_HASHERS=hashers)
    django.setup()
    for made_by, password, text in vectors():
        print(json.dumps({"made_by": made_by, "password": password, "hash": text}, ensure_ascii=False))


if __name__ == "__main__":
    main()
