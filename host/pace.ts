// How quickly calls may be made: EC2 keeps a token bucket for each kind of call in an account and region.
import { setTimeout as sleep } from "node:timers/promises";

export interface Buckets {
  /** Resolves when a call of this kind may be made. */
  readonly take: (operation: string) => Promise<void>;
}

interface Bucket {
  readonly size: number;
  readonly perSecond: number;
  tokens: number;
  /** Milliseconds; when `tokens` was last right. */
  since: number;
}

/**
 * Sizes and refills of the "Request throttling for the Amazon EC2 API" page (platforms.md A.5). A little is
 * left for others who use the account.
 */
export function documentedBuckets(): Buckets {
  const bucket = (size: number, perSecond: number): Bucket => ({
    size: size * share,
    perSecond: perSecond * share,
    tokens: size * share,
    since: performance.now(),
  });
  const ingress = bucket(50, 5);
  const change = bucket(50, 5);
  const tags = bucket(100, 10);
  const describe = bucket(100, 20);
  const bucketOf = (operation: string): Bucket => {
    if (/^(Describe|Get)/.test(operation)) return describe;
    if (operation.endsWith("Tags")) return tags;
    return operation.endsWith("SecurityGroupIngress") ? ingress : change;
  };
  return { take: (operation) => take(bucketOf(operation)) };
}

const share = 0.8;

async function take(bucket: Bucket): Promise<void> {
  for (;;) {
    const now = performance.now();
    const filled = bucket.tokens + ((now - bucket.since) / 1000) * bucket.perSecond;
    bucket.tokens = Math.min(bucket.size, filled);
    bucket.since = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return;
    }
    await sleep(((1 - bucket.tokens) / bucket.perSecond) * 1000);
  }
}
