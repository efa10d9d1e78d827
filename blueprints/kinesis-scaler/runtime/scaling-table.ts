import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { ScalingState } from "./scaling-decision";

const item = z.object({
  streamName: z.string(),
  version: z.int(),
  desired: z.int().optional(),
  direction: z.enum(["out", "in"]).optional(),
  carriedOnAt: z.number().optional(),
  failure: z.string().optional(),
  failedAt: z.number().optional(),
  updates: z.array(z.number()),
});

export interface StoredState {
  readonly state: ScalingState;
  /** Grows with every save; 0 where nothing is stored yet. */
  readonly version: number;
}

/** Somebody else saved the stream's state since it was read. */
export class ConcurrentRequest extends Error {}

/** What the scaler remembers of each stream, one item each. */
export class ScalingTable {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  async load(streamName: string): Promise<StoredState> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: marshall({ streamName }), ConsistentRead: true }),
    );
    if (!Item) return { state: { updates: [] }, version: 0 };
    const { streamName: _, version, ...state } = item.parse(unmarshall(Item));
    return { state, version };
  }

  /**
   * Saves the state if nobody else did since it was loaded, and returns its new version.
   * @throws ConcurrentRequest otherwise.
   */
  async save(streamName: string, state: ScalingState, version: number): Promise<number> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.tableName,
          Item: marshall({ ...state, streamName, version: version + 1 }, { removeUndefinedValues: true }),
          ConditionExpression: version === 0 ? "attribute_not_exists(streamName)" : "version = :version",
          ...(version > 0 && { ExpressionAttributeValues: marshall({ ":version": version }) }),
        }),
      );
      return version + 1;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw new ConcurrentRequest();
      throw error;
    }
  }

  /** When UpdateShardCount was called, by stream. */
  async updatesByStream(): Promise<Map<string, readonly number[]>> {
    const updates = new Map<string, readonly number[]>();
    const pages = paginateScan(
      { client: this.client },
      { TableName: this.tableName, ProjectionExpression: "streamName, updates" },
    );
    for await (const { Items = [] } of pages) {
      for (const one of Items) {
        const { streamName, updates: times } = item.pick({ streamName: true, updates: true }).parse(unmarshall(one));
        updates.set(streamName, times);
      }
    }
    return updates;
  }
}
