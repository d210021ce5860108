// A tab that plays the phone.

import { apps } from './phone/apps.js';
import { pairing } from './phone/pairing.js';
import { decoded } from './phone/otp.js';
import { requests } from './phone/requests.js';

/** What the tab was opened with. It may hold a secret, and is not left in the address. */
const text = decoded(location.hash.slice(1));
history.replaceState(null, '', location.pathname);

void requests();
void pairing(text);
void apps(text);
