/** A page that the server has rendered: only its language can be changed, and then it is asked for anew. */

import { begin } from './language.js';

begin(() => location.reload());
