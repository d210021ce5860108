// A browser without a screen: follows redirects, keeps cookies, and submits every form that it is
// shown. `{"go":"http://…"}` on stdin is answered, when there is no form left, with
// `{"status":200,"url":"…","text":"…"}`.

import { createInterface } from 'node:readline';

const HOPS = 20;
const SECONDS = 10;
const cookies = new Map();

function keep(header) {
  const [pair, ...attributes] = header.split(/;\s*/);
  const attribute = (name) => attributes
    .find((it) => it.toLowerCase().startsWith(`${name}=`))
    ?.slice(name.length + 1);
  const path = attribute('path') ?? '/';
  const name = `${pair.split('=')[0]} ${path}`;
  if (Date.parse(attribute('expires')) <= Date.now()) {
    cookies.delete(name);
  } else {
    cookies.set(name, { path, pair });
  }
}

async function send(url, form) {
  const cookie = [...cookies.values()]
    .filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')))
    .map(({ pair }) => pair)
    .join('; ');
  const response = await fetch(url, {
    method: form ? 'POST' : 'GET',
    body: form,
    redirect: 'manual',
    headers: cookie ? { cookie } : {},
    signal: AbortSignal.timeout(SECONDS * 1000),
  });
  response.headers.getSetCookie().forEach(keep);
  return response;
}

function formOf(text, url) {
  const form = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(text);
  if (!form) {
    return undefined;
  }
  const attribute = (tag, name) => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1];
  const inputs = [...form[2].matchAll(/<input([^>]*)>/g)].map(([, tag]) => [
    attribute(tag, 'name'),
    attribute(tag, 'value') ?? '',
  ]);
  return { action: new URL(attribute(form[1], 'action') ?? url.href, url), inputs };
}

async function go(start) {
  let url = new URL(start);
  let form;
  for (let hop = 0; hop < HOPS; hop += 1) {
    const response = await send(url, form);
    const text = await response.text();
    const location = response.headers.get('location');
    const next = location ? undefined : formOf(text, url);
    if (location) {
      url = new URL(location, url);
      form = undefined;
    } else if (next) {
      url = next.action;
      form = new URLSearchParams(next.inputs);
    } else {
      return { status: response.status, url: url.href, text };
    }
  }
  return { error: `no end after ${HOPS} pages` };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await go(JSON.parse(line).go).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify(answer));
}
