// What oidc-provider is told: clients, resources, levels, and what its tokens say of a login.

import { randomUUID } from 'node:crypto';
import { errors, interactionPolicy } from 'oidc-provider';
// Shared by two providers, so that a change of keys forgets no session and no token. The package
// names no public way to it; its version is pinned.
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';

import { CLIENTS, REDIRECT_URI } from './clients.mjs';

export const USERS = ['alice', 'bob'];

// What they can reach. `phr` is announced and nobody has a passkey.
const METHODS = { 'single-factor': ['pwd'], mfa: ['pwd', 'otp'] };
const SUPPORTED = ['single-factor', 'mfa', 'phr'];

const API = 'https://api.example';
const API_SCOPE = 'accounts payments';
const jwt = (alg) => ({ accessTokenFormat: 'jwt', jwt: { sign: { alg } } });
const RESOURCES = {
  [API]: jwt('ES256'),
  [`${API}/rs256`]: jwt('RS256'),
  [`${API}/opaque`]: { accessTokenFormat: 'opaque' },
};

const requestedLevels = (params) => params.acr_values?.split(' ') ?? [];

// The login that a request gets: of the levels it names, the first that the user can reach, and
// otherwise an error (RFC 9470 §5: the level is what the resource server needs, not a wish).
export function loginFor(params, { age, user, denies }) {
  if (denies) {
    return { error: 'access_denied', error_description: 'the user does not want to' };
  }
  const requested = requestedLevels(params);
  const acr = requested.length === 0 ? 'single-factor' : requested.find((it) => METHODS[it]);
  if (acr === undefined) {
    return {
      error: 'unmet_authentication_requirements',
      error_description: 'the user has no means to reach any of these levels',
    };
  }
  const ts = Math.floor(Date.now() / 1000) - age;
  return { login: { accountId: user, acr, amr: METHODS[acr], ts } };
}

// By itself the provider takes acr_values as a wish and never asks again.
function policy() {
  const { base, Check } = interactionPolicy;
  const prompts = base();
  prompts.get('login').checks.add(
    new Check('acr_values', 'none of the requested levels was reached', ({ oidc }) => {
      const requested = requestedLevels(oidc.params);
      return requested.length > 0 && !requested.includes(oidc.session.acr);
    }),
  );
  return prompts;
}

// The code and the refresh token carry the login that they came from; a client's own token has
// neither. What is returned stands in a JWT and in the answer to introspection.
function extraTokenClaims({ oidc: { entities } }) {
  const login = entities.RefreshToken ?? entities.AuthorizationCode;
  return login && { acr: login.acr, amr: login.amr, auth_time: login.authTime };
}

// There is nobody to consent: what is asked for is granted.
async function loadExistingGrant({ oidc }) {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client.clientId,
    accountId: oidc.session.accountId,
  });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  for (const resource of Object.keys(oidc.resourceServers)) {
    grant.addResourceScope(resource, [...oidc.requestParamScopes].join(' '));
  }
  await grant.save();
  return grant;
}

export function configuration() {
  return {
    adapter: createMemoryAdapter(),
    cookies: { keys: [randomUUID()] },
    clients: Object.entries(CLIENTS).map(([client_id, { client_secret, method, jwks }]) => ({
      client_id,
      client_secret,
      jwks,
      token_endpoint_auth_method: method ?? (client_secret ? 'client_secret_basic' : 'none'),
      grant_types: [
        'authorization_code',
        'refresh_token',
        ...(client_secret ? ['client_credentials'] : []),
      ],
      response_types: ['code'],
      redirect_uris: [REDIRECT_URI],
    })),
    responseTypes: ['code'],
    pkce: { required: () => true },
    acrValues: SUPPORTED,
    interactions: { policy: policy(), url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) =>
      USERS.includes(sub) ? { accountId: sub, claims: () => ({ sub }) } : undefined,
    // By itself it shows no methods in an ID token.
    claims: { openid: ['sub', 'amr'], acr: null, auth_time: null, sid: null, iss: null },
    loadExistingGrant,
    extraTokenClaims,
    // Tokens outlive the session: the tests hold tokens of several logins side by side.
    expiresWithSession: () => false,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_, client) => client.clientAuthMethod !== 'none' },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // Otherwise the scope `openid` makes it a token for the userinfo endpoint.
        useGrantedResource: () => true,
        getResourceServerInfo(_, resource) {
          if (!Object.hasOwn(RESOURCES, resource)) {
            throw new errors.InvalidTarget();
          }
          return { scope: API_SCOPE, audience: resource, ...RESOURCES[resource] };
        },
      },
    },
    ttl: {
      AccessToken: 3600,
      ClientCredentials: 3600,
      Grant: 86400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86400,
      Session: 86400,
    },
  };
}
