// Everything works without this file: links and forms are plain; htmx replaces parts of pages in place.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import "./as_of.js";
import "./drafts.js";
import "./files.js";
import "./entry.js";
import "./select.js";
import "./register.js";
import "./live.js";
import "./print.js";
import "./desk.js";
import "./wall.js";
import "./signoff.js";
import "./keys.js";
import "./reveal.js";
import "./phrases.js";
