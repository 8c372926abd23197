// An app that nobody here wrote: openid-client, a certified OpenID Connect library, signs
// a citizen in at the platform. `node relying_party.mjs ISSUER STORY` plays one story and
// prints "done" where all of it came true; anything else is told on the standard error.

import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'

// Node 18 has it, under another name.
globalThis.crypto ??= webcrypto

const oidc = await import('openid-client').catch(error => {
  console.error(`openid-client cannot be loaded; call "cargo xtask setup" first.\n${error}`)
  process.exit(2)
})

const [issuer, story] = process.argv.slice(2)
const REDIRECT = 'http://127.0.0.1:54321/callback'
const EVERYTHING = 'openid profile offline_access'

/** The app, as it knows the platform after asking it who it is. */
async function app() {
  const config = await oidc.discovery(new URL(issuer), 'tongban-app', undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  })
  // Signatures are checked, too: the library leaves that to TLS otherwise.
  oidc.enableNonRepudiationChecks(config)
  return config
}

/** A sign-in that waits for the browser. */
async function begin(config, more = {}) {
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  const nonce = oidc.randomNonce()
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: EVERYTHING,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  })
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  }
  return { address, checks }
}

/** The browser: opens the address, fills in the page, and is sent back to the app. */
async function browse(address, { login = 'lixiulan', action = 'sign-in' } = {}) {
  const page = await fetch(address, { redirect: 'manual' })
  if (page.status === 303) return new URL(page.headers.get('location'))
  assert.equal(page.status, 200)
  const html = await page.text()
  const hidden = name => html.match(new RegExp(`name="${name}" value="([^"]+)"`))[1]
  const answer = await fetch(new URL('/oidc/sign-in', issuer), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: page.headers.get('set-cookie').split(';')[0] },
    body: new URLSearchParams({
      request: hidden('request'),
      form_token: hidden('form_token'),
      login,
      password: 'demo-2026',
      action,
    }),
  })
  assert.equal(answer.status, 303, 'the browser is sent back')
  return new URL(answer.headers.get('location'))
}

/** A whole sign-in. */
async function signIn(config, more) {
  const { address, checks } = await begin(config, more)
  return oidc.authorizationCodeGrant(config, await browse(address), checks)
}

const code = expected => error => {
  assert.equal(error.code ?? error.cause?.code, expected, String(error))
  return true
}
const oauthError = expected => error => {
  assert.equal(error.error, expected, String(error))
  return true
}

/** That nobody gets in with this token any more. */
async function isOver(config, tokens, sub) {
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, sub), error => {
    assert.ok(error instanceof oidc.WWWAuthenticateChallengeError, String(error))
    assert.equal(error.status, 401)
    assert.equal(error.cause[0].scheme, 'bearer')
    assert.equal(error.cause[0].parameters.error, 'invalid_token')
    return true
  })
  await assert.rejects(
    oidc.refreshTokenGrant(config, tokens.refresh_token),
    oauthError('invalid_grant'),
  )
}

const stories = {
  async from_discovery_to_revocation() {
    const config = await app()
    const told = config.serverMetadata()
    assert.equal(told.issuer, issuer)
    assert.ok(told.supportsPKCE())
    assert.equal(told.authorization_response_iss_parameter_supported, true)

    const tokens = await signIn(config)
    const claims = tokens.claims()
    assert.equal(claims.name, '李秀兰')
    assert.equal(claims.acr, '3')
    assert.equal(tokens.token_type, 'bearer')
    assert.equal(tokens.scope, EVERYTHING)

    const person = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
    assert.equal(person.name, '李秀兰')
    assert.equal(person.masked_id, claims.masked_id)

    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token)
    assert.notEqual(renewed.refresh_token, tokens.refresh_token)
    assert.equal(renewed.claims().sub, claims.sub)
    assert.equal(renewed.claims().auth_time, claims.auth_time)
    await oidc.fetchUserInfo(config, renewed.access_token, claims.sub)

    await oidc.tokenRevocation(config, renewed.refresh_token, {
      token_type_hint: 'refresh_token',
    })
    await isOver(config, renewed, claims.sub)
    // Giving back what is given back already is no error (RFC 7009, 2.2).
    await oidc.tokenRevocation(config, renewed.refresh_token)
  },

  async a_spent_refresh_token_ends_the_family() {
    const config = await app()
    const tokens = await signIn(config)
    const { sub } = tokens.claims()
    const second = await oidc.refreshTokenGrant(config, tokens.refresh_token)
    const third = await oidc.refreshTokenGrant(config, second.refresh_token)
    await oidc.fetchUserInfo(config, third.access_token, sub)
    await assert.rejects(
      oidc.refreshTokenGrant(config, tokens.refresh_token),
      oauthError('invalid_grant'),
    )
    await isOver(config, third, sub)
  },

  async a_code_that_is_used_twice_ends_the_sign_in() {
    const config = await app()
    const { address, checks } = await begin(config)
    const back = await browse(address)
    const tokens = await oidc.authorizationCodeGrant(config, back, checks)
    await assert.rejects(
      oidc.authorizationCodeGrant(config, back, checks),
      oauthError('invalid_grant'),
    )
    await isOver(config, tokens, tokens.claims().sub)
  },

  async logging_out_ends_the_sign_in_and_leads_back() {
    const config = await app()
    const tokens = await signIn(config)
    const { sub } = tokens.claims()
    const address = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: REDIRECT,
      state: 'after all',
    })
    const answer = await fetch(address, { redirect: 'manual' })
    assert.equal(answer.status, 303)
    const back = new URL(answer.headers.get('location'))
    assert.equal(back.origin + back.pathname, REDIRECT)
    assert.equal(back.searchParams.get('state'), 'after all')
    await isOver(config, tokens, sub)
  },

  async nobody_is_signed_in_by_the_browser_alone() {
    const config = await app()
    await signIn(config)
    // The same browser, right after: it is asked for the password, or told that it must be.
    const again = await begin(config)
    assert.equal((await fetch(again.address, { redirect: 'manual' })).status, 200)
    const silent = await begin(config, { prompt: 'none' })
    await assert.rejects(
      oidc.authorizationCodeGrant(config, await browse(silent.address), silent.checks),
      oauthError('login_required'),
    )
    // `auth_time` is there and new, as whoever asks for a fresh sign-in relies on.
    const fresh = await begin(config, { prompt: 'login', max_age: '0' })
    const back = await browse(fresh.address)
    await oidc.authorizationCodeGrant(config, back, { ...fresh.checks, maxAge: 0 })
  },

  async a_level_is_asked_for_by_acr_values() {
    const config = await app()
    const high = await signIn(config, { acr_values: '3' })
    assert.equal(high.claims().acr, '3')
    const low = await begin(config, { acr_values: '3' })
    const back = await browse(low.address, { login: 'wangjianguo' })
    await assert.rejects(
      oidc.authorizationCodeGrant(config, back, low.checks),
      oauthError('unmet_authentication_requirements'),
    )
  },

  async what_was_not_asked_for_is_not_told() {
    const config = await app()
    const tokens = await signIn(config, { scope: 'openid' })
    const { sub, name, masked_id } = tokens.claims()
    assert.deepEqual([name, masked_id, tokens.refresh_token], [undefined, undefined, undefined])
    const person = await oidc.fetchUserInfo(config, tokens.access_token, sub)
    assert.deepEqual([person.name, person.masked_id], [undefined, undefined])
  },

  async what_does_not_belong_together_is_refused() {
    const config = await app()
    // What the library refuses by itself, before it sends the code anywhere.
    for (const [name, value, reason] of [
      ['state', 'another', 'OAUTH_INVALID_RESPONSE'],
      ['iss', 'http://127.0.0.1:1', 'OAUTH_INVALID_RESPONSE'],
      ['iss', null, 'OAUTH_INVALID_RESPONSE'],
    ]) {
      const { address, checks } = await begin(config)
      const back = await browse(address)
      assert.equal(back.searchParams.get('iss'), issuer)
      if (value === null) back.searchParams.delete(name)
      else back.searchParams.set(name, value)
      await assert.rejects(oidc.authorizationCodeGrant(config, back, checks), code(reason))
    }
    // What it refuses of the id token.
    const other = await begin(config)
    const answer = await browse(other.address)
    await assert.rejects(
      oidc.authorizationCodeGrant(config, answer, { ...other.checks, expectedNonce: 'another' }),
      code('OAUTH_JWT_CLAIM_COMPARISON_FAILED'),
    )
    // What the platform refuses.
    const stolen = await begin(config)
    const theirs = await browse(stolen.address)
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    await assert.rejects(
      oidc.authorizationCodeGrant(config, theirs, { ...stolen.checks, pkceCodeVerifier }),
      oauthError('invalid_grant'),
    )
    // What the person refuses.
    const given = await begin(config)
    const up = await browse(given.address, { action: 'cancel' })
    await assert.rejects(
      oidc.authorizationCodeGrant(config, up, given.checks),
      oauthError('access_denied'),
    )
  },
}

if (!stories[story]) {
  console.error(`no such story: ${story}`)
  process.exit(2)
}
await stories[story]()
console.log('done')
