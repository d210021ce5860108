// The clients that the provider knows. Nothing listens behind the redirect URI: whoever follows the
// redirects stops there.

export const REDIRECT_URI = 'https://client.example/callback';

export const CLIENTS = {
  public: {},
  confidential: { client_secret: 'known-to-everybody' },
};
