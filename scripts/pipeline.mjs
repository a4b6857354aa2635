// The pipeline of the problem inside one Node process, written as its
// documentation teaches: an async generator, an async-generator transform and a
// Writable, joined by stream.pipeline, which does the backpressure and the
// cleaning up. It is what scripts/bench compares the tools with.
//
//   node scripts/pipeline.mjs [RECORDS [source]]
//
// With "source" it is the generator and the Writable alone.
//
// Records stay objects between the stages. The sink makes the line that a real
// destination would be given, as the tools do, and throws it away. The figures
// go to standard error as one line of JSON.

import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const records = Number(process.argv[2] ?? 50_000);
const stages = process.argv[3] ?? 'all';
if (!Number.isSafeInteger(records) || records < 0 || !['all', 'source'].includes(stages)) {
  console.error('usage: node pipeline.mjs [RECORDS [source]]');
  process.exit(2);
}

async function* source() {
  for (let id = 0; id < records; id++) {
    yield { id, timestamp: Date.now(), payload: `data-chunk-${id}`.repeat(50) };
  }
}

async function* transform(input) {
  for await (const record of input) {
    yield { ...record, processedAt: new Date().toISOString(), meta: 'processed' };
  }
}

let taken = 0;
let bytes = 0;
const sink = new Writable({
  objectMode: true,
  write(record, _encoding, done) {
    bytes += Buffer.byteLength(JSON.stringify(record)) + 1;
    taken++;
    done();
  },
});

const begun = process.hrtime.bigint();
await (stages === 'source' ? pipeline(source, sink) : pipeline(source, transform, sink));
const elapsed = Number(process.hrtime.bigint() - begun) / 1e9;

console.error(JSON.stringify({
  records: taken,
  bytes,
  elapsed_s: elapsed,
  records_per_s: Math.round(taken / elapsed),
  peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
}));
