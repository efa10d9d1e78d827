import { texts } from "./arns";
import type { Service } from "./services";

const ON_OBJECTS: Record<string, string> = {
  DELETE: "DeleteObject",
  GET: "GetObject",
  HEAD: "GetObject",
  // A part of an upload, its beginning or its end.
  POST: "PutObject",
  PUT: "PutObject",
};
const ON_BUCKETS: Record<string, string> = { GET: "ListBucket", HEAD: "ListBucket" };

/**
 * By the method and the path `/bucket/key` alone, because queries are not recorded: what they ask for instead, a version
 * or the tags of an object, is taken for the object.
 */
export const s3: Service = {
  prefix: "s3",
  rest: (method, path) => {
    const [, Bucket, Key] = /^\/([^/]+)(?:\/(.+))?/.exec(path) ?? [];
    const operation = (Key === undefined ? ON_BUCKETS : ON_OBJECTS)[method];
    return Bucket && operation ? { operation, parameters: { Bucket, Key } } : undefined;
  },
  resources: (_, { Bucket, Key }, { partition }) =>
    texts(Bucket).map((bucket) => `arn:${partition}:s3:::${bucket}${Key === undefined ? "" : `/${Key}`}`),
};
