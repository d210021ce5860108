// The clients that the provider knows. Nothing listens behind the redirect URI: whoever follows the
// redirects stops there.

export const REDIRECT_URI = 'https://client.example/callback';

export const CLIENTS = {
  public: {},
  confidential: { client_secret: 'known-to-everybody' },
  // What a form has to encode.
  'odd:client': { client_secret: 'a b+c%:~&=' },
  posting: { client_secret: 'known-to-everybody', method: 'client_secret_post' },
  // Its private half is in tests/provider/factor.rs.
  signing: {
    method: 'private_key_jwt',
    jwks: {
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          alg: 'EdDSA',
          use: 'sig',
          kid: 'wZKtA4txifq3_O-cKbGPTKSuvloHrlLNR8S9THv6XX4',
          x: 'ktVjlMnr_r5eeHiD6x_7JgxWsAyZVt8EPmkAbcLX9rw',
        },
      ],
    },
  },
};
