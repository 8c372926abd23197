// An OpenID provider that nobody here wrote: oidc-provider, a certified server, with its
// own pages for signing in, two people in memory, and the app registered as a public native
// client. `node provider.mjs '{"port":0,"alg":"RS256"}'` prints its issuer once it serves,
// and ends when its standard input does. Every start makes new signing keys.

import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { createServer } from 'node:http'

// What Node 18 has under other names.
globalThis.crypto ??= webcrypto
URL.parse ??= text => (URL.canParse(text) ? new URL(text) : null)

const { Provider } = await import('oidc-provider').catch(error => {
  console.error(`oidc-provider cannot be loaded; call "cargo xtask setup" first.\n${error}`)
  process.exit(2)
})

const { port, alg } = JSON.parse(process.argv[2])
// Assurance levels are named by addresses here, as many providers do.
const LEVEL = 'https://id.example.gov.cn/assurance/'
const PEOPLE = {
  lixiulan: { name: '李秀兰', masked_id: '340*************1X', level: 3 },
  wangjianguo: { name: '王建国', masked_id: '110*************2X', level: 2 },
}

/** A new signing key of this kind, under a name that no other has. */
function newKey() {
  const { privateKey } = alg.startsWith('ES')
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = Buffer.from(crypto.getRandomValues(new Uint8Array(9))).toString('base64url')
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
}

const server = createServer()
await new Promise(listening => server.listen(port, '127.0.0.1', listening))
const issuer = `http://127.0.0.1:${server.address().port}`

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'tongban-app',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // Without a port: RFC 8252 lets a native app come with any.
      redirect_uris: ['http://127.0.0.1/callback'],
      id_token_signed_response_alg: alg,
    },
  ],
  jwks: { keys: [newKey()] },
  cookies: { keys: ['only for this process'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  acrValues: [1, 2, 3].map(level => `${LEVEL}${level}`),
  claims: { openid: ['sub'], profile: ['name', 'masked_id'] },
  features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  ttl: { AccessToken: 600, Grant: 3600, IdToken: 600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
})

// The provider's own page takes any password and tells no level. What it is sent is
// finished here instead, by the same call, so that the sign-in has one.
provider.use(async (context, next) => {
  const asked = context.method === 'POST' && context.path.startsWith('/interaction/')
  if (!asked) return next()
  const { prompt } = await provider.interactionDetails(context.req, context.res)
  if (prompt.name !== 'login') return next()
  let body = ''
  for await (const part of context.req) body += part
  const accountId = new URLSearchParams(body).get('login')
  const acr = `${LEVEL}${PEOPLE[accountId].level}`
  context.respond = false
  await provider.interactionFinished(context.req, context.res, { login: { accountId, acr } })
})

server.on('request', provider.callback())
console.log(`issuer ${issuer}`)
process.stdin.resume().on('end', () => process.exit(0))
