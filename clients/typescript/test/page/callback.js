import { reportToOpener } from '/dist/index.js';

reportToOpener();
