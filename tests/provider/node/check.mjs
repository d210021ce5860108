// The provider and the client against each other, without an API: node --test check.mjs
//
// One file of tests for node, because all of it shares one provider.

import './check/logins.mjs';
import './check/tokens.mjs';
import './check/keys.mjs';
import './check/lines.mjs';
