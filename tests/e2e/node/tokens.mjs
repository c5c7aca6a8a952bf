// Signs tokens as jose does: `node tokens.mjs NAME ISSUER AUDIENCE`. Makes keys of its own, whose names begin with NAME,
// and prints one line of JSON: their public set, tokens that are good, and tokens that aren't.
import { SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';

const [name, issuer, audience] = process.argv.slice(2);
const text = new TextEncoder();

function claims(token) {
  return token.setSubject('ann').setIssuer(issuer).setAudience(audience).setIssuedAt().setExpirationTime('1h');
}

function sign(key, header, change = (token) => token, tenant = 'acme') {
  return change(claims(new SignJWT({ tenant }).setProtectedHeader(header))).sign(key);
}

const keys = {};
for (const [alg, options] of [['RS256'], ['ES256'], ['EdDSA', { crv: 'Ed25519' }], ['PS256'], ['ES384']])
  keys[alg] = { kid: `${name}-${alg}`, ...(await generateKeyPair(alg, { extractable: true, ...options })) };

const set = [];
for (const alg of ['RS256', 'ES256', 'EdDSA'])
  set.push({ ...(await exportJWK(keys[alg].publicKey)), kid: keys[alg].kid, use: 'sig', alg });
set.push({ ...(await exportJWK(keys.ES384.publicKey)), kid: keys.ES384.kid });
set.push({ kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA', kid: `${name}-oct`, alg: 'HS256' });

const rsa = keys.RS256;
const header = { alg: 'RS256', kid: rsa.kid };
const good = {
  RS256: await sign(rsa.privateKey, header),
  ES256: await sign(keys.ES256.privateKey, { alg: 'ES256', kid: keys.ES256.kid }),
  EdDSA: await sign(keys.EdDSA.privateKey, { alg: 'EdDSA', kid: keys.EdDSA.kid }),
  Ed25519: await sign(keys.EdDSA.privateKey, { alg: 'Ed25519', kid: keys.EdDSA.kid }),
  'an access token by RFC 9068': await sign(rsa.privateKey, { ...header, typ: 'at+jwt' }),
  'no kid, one key of the algorithm': await sign(rsa.privateKey, { alg: 'RS256' }),
};
const bad = {
  'signed with the public key as secret': await sign(text.encode(await exportSPKI(rsa.publicKey)), { alg: 'HS256', kid: rsa.kid }),
  'signed with the symmetric key of the set': await sign(text.encode('secret-secret-secret-secret-secret'), { alg: 'HS256', kid: `${name}-oct` }),
  'an algorithm that is not used': await sign(keys.PS256.privateKey, { alg: 'PS256', kid: rsa.kid }),
  'a curve that is not used': await sign(keys.ES384.privateKey, { alg: 'ES384', kid: keys.ES384.kid }),
  'the name of another key': await sign(keys.ES256.privateKey, { alg: 'ES256', kid: keys.EdDSA.kid }),
  'another issuer': await sign(rsa.privateKey, header, (token) => token.setIssuer('https://evil.example.com')),
  'another audience': await sign(rsa.privateKey, header, (token) => token.setAudience('somebody else')),
  'expired': await sign(rsa.privateKey, header, (token) => token.setExpirationTime('-2m')),
  'not yet valid': await sign(rsa.privateKey, header, (token) => token.setNotBefore('10m')),
  'a tenant that is not there': await sign(rsa.privateKey, header, (token) => token, 'nobody'),
  'a token of another kind': await sign(rsa.privateKey, { ...header, typ: 'logout+jwt' }),
  'unsigned': claims(new UnsecuredJWT({ tenant: 'acme' })).encode(),
};
console.log(JSON.stringify({ set: { keys: set }, good, bad }));
