import type { IncomingMessage, ServerResponse } from "node:http";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AwsStub } from "../../../shared/testing/aws-stub";
import type { ClientConfig } from "../../../shared/testing/scenario";

/** A stub of the local AWS: the JSON protocols, objects of S3, and how many tasks it was told to run. */
export class LocalAwsStub extends AwsStub {
  /** By `/<bucket>/<key>`; each has the version `v1`. */
  readonly objects = new Map<string, Uint8Array>();
  /** By `<cluster>/<service>`, each time that it was told. */
  readonly running: [string, number][] = [];
  /** Access keys that signed a call. */
  readonly callers = new Set<string>();
  clientConfig!: ClientConfig;

  override async start(): Promise<Record<string, string>> {
    const environment = await super.start();
    this.clientConfig = {
      endpoint: environment.AWS_ENDPOINT_URL ?? "",
      region: "us-east-1",
      credentials: { accessKeyId: "scenario", secretAccessKey: "local" },
      requestHandler: new NodeHttpHandler(),
    };
    return environment;
  }

  protected override reply(request: IncomingMessage, raw: Buffer, response: ServerResponse): void {
    const path = new URL(request.url ?? "", "http://stub").pathname;
    const object = this.objects.get(path);
    const [, service, running] = /^\/local-aws\/running-tasks\/(.+)\/(\d+)$/.exec(path) ?? [];
    const caller = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1];
    if (caller) this.callers.add(caller);
    if (object) {
      response.setHeader("x-amz-version-id", "v1");
      response.end(object);
    } else if (service) {
      this.running.push([service, Number(running)]);
      response.writeHead(204).end();
    } else {
      super.reply(request, raw, response);
    }
  }
}
