// Runs the cases of one client, and tells of each in a line of JSON on stdout.

const PATIENCE_MILLIS = 60_000;

/** A base URL and a key, as every client gets them. */
export const baseURL = process.env.OPENAI_BASE_URL;
export const apiKey = process.env.OPENAI_API_KEY;

/** Runs named cases one after the other. A case fails by throwing. */
export async function run(cases) {
  for (const [name, test] of Object.entries(cases)) {
    tell(await outcome(name, test));
  }
}

/** Tells of a case that was run elsewhere. */
export function tell(outcome) {
  console.log(JSON.stringify(outcome));
}

async function outcome(name, test) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no end within a minute")), PATIENCE_MILLIS);
  });
  try {
    await Promise.race([test(), late]);
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, status: error?.status ?? error?.statusCode, why: text(error) };
  } finally {
    clearTimeout(timer);
  }
}

function text(error) {
  return String(error?.responseBody ?? error?.message ?? error).replace(/\s+/g, " ").slice(0, 400);
}

/** Fails unless something is true. */
export function check(value, what) {
  if (!value) {
    throw new Error(`not so: ${what}`);
  }
}
