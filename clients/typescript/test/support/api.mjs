// An API on a port of this machine, whose answers a test decides, and what it was sent.

import { createServer } from 'node:http';

/** Levels by their tokens: `login` is what everybody has. */
export const RANK = { login: 0, mfa: 1, phr: 2 };
const ACR_VALUES = { mfa: 'mfa phr', phr: 'phr' };

export class Api {
  /** Every request, in order: method, path, authorization, body, and headers. */
  requests = [];
  /** How often handlers ran, by path. */
  ran = {};
  #server;

  constructor(answer) {
    this.#server = createServer(async (request, response) => {
      const { method, url, headers } = request;
      const chunks = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }
      const body = Buffer.concat(chunks).toString();
      const { pathname: path } = new URL(url, 'http://api');
      const sent = { method, path, url, authorization: headers.authorization, body, headers };
      this.requests.push(sent);
      await answer(sent, response, this);
    });
  }

  async start() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  run(path, response, body = 'done') {
    this.ran[path] = (this.ran[path] ?? 0) + 1;
    response.end(body);
  }
}

/** `Bearer mfa-3` is a token of the level `mfa`. */
export function level(authorization) {
  return /^Bearer (\w+)/.exec(authorization ?? '')?.[1];
}

export function challenge(response, parameters, detail) {
  response.statusCode = 401;
  const error = 'error="insufficient_user_authentication"';
  response.setHeader('www-authenticate', ['Basic realm="x"', `Bearer ${error}, ${parameters}`]);
  response.setHeader('content-type', 'application/problem+json');
  response.end(JSON.stringify({ step_up_required: true, detail }));
}

/** Demands at each path the level that it is named after; `/open` demands none. */
export function byLevel(sent, response, api) {
  const [, wanted] = sent.path.split('/');
  const has = level(sent.authorization);
  if (wanted === 'open' || RANK[has] >= RANK[wanted]) {
    api.run(sent.path, response, sent.body || 'done');
  } else if (has === undefined) {
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="x"' }).end();
  } else if (RANK[has] === undefined) {
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
  } else {
    challenge(response, `acr_values="${ACR_VALUES[wanted]}"`, `for ${wanted}`);
  }
}

/** Grants the level that is preferred, and counts. */
export class Stepper {
  asked = [];
  tokens = [];

  constructor(grant = ({ challenge }) => ({ accessToken: challenge.acrValues[0] })) {
    this.stepUp = async (asked) => {
      this.asked.push(asked);
      this.tokens.push(await asked.token());
      // As long as a person takes, for a machine.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return grant(asked, this.asked.length);
    };
  }
}
