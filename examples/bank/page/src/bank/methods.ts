// The ways to confirm: each has one name, here and in the dialog.

interface Method {
  readonly name: string;
  /** Where there is one already. */
  readonly more: string;
  readonly about: string;
  /** Its page, under Security. */
  readonly path: string;
}

export const METHODS: Readonly<Record<string, Method>> = {
  webauthn: {
    name: 'Passkey',
    more: 'Another passkey',
    about: 'Your fingerprint, face or device PIN. The strongest way, and the only one that a fake page cannot steal.',
    path: 'passkey',
  },
  push: {
    name: 'Phone',
    more: 'Another phone',
    about: 'Your phone asks you, and you type the number that this page shows.',
    path: 'phone',
  },
  totp: {
    name: 'Authenticator app',
    more: 'Another authenticator app',
    about: 'An app shows a new code every half minute. It works without a connection.',
    path: 'app',
  },
  email: {
    name: 'E-mail',
    more: 'Another e-mail address',
    about: 'We send a code to your mailbox.',
    path: 'email',
  },
  recovery: {
    name: 'Recovery codes',
    more: 'New recovery codes',
    about: 'Ten codes on paper, to send money with when nothing else is at hand.',
    path: 'codes',
  },
};

export function nameOf(method: string): string {
  return METHODS[method]?.name ?? method;
}

/** What the dialog says in place of its own words. */
export const DIALOG = {
  methods: Object.fromEntries(Object.entries(METHODS).map(([method, { name }]) => [method, name])),
  passkey: 'Your browser will ask for your passkey.',
  device: 'Open the bank on your phone. This page waits for it.',
  number: 'Type this number on your phone:',
  notices: { 'passkey-failed': 'No passkey answered.' },
};
