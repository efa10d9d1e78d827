import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { NodejsFunction } from "../../shared/functions/nodejs-function";

/** What the scaler remembers of each stream: the request under way, and the day's shard updates. */
export class ScalerMemory extends Construct {
  readonly tableName: string;
  readonly #table: DynamodbTable;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    this.#table = new DynamodbTable(this, "table", {
      name: stack.nameOf("table", id),
      billingMode: "PAY_PER_REQUEST",
      hashKey: "streamName",
      attribute: [{ name: "streamName", type: "S" }],
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: true },
    });
    this.tableName = this.#table.name;
    stack.exceptFromBaseline({
      rule: "58.deletion",
      resource: `aws_dynamodb_table.${this.#table.friendlyUniqueId}`,
      reason:
        "No deletion protection: the table holds only what is forgotten after a day anyway, and a destroy should work the first time.",
    });
  }

  grantReadAll(to: NodejsFunction): void {
    to.grant({ actions: ["dynamodb:Scan"], resources: [this.#table.arn] });
  }

  grantReadWrite(to: NodejsFunction): void {
    to.grant({ actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources: [this.#table.arn] });
  }
}
