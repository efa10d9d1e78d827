import { readMessage } from "../message";
import { runWorker } from "./run-worker";
import { work } from "./work";

runWorker({ readMessage, work });
