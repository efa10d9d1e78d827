import { EC2Client } from "@aws-sdk/client-ec2";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import { TerminationProtection } from "./termination-protection";
import { weekendHandler } from "./weekend-handler";

// A function of its own: EC2's client is half a megabyte, which the other one does without.
export const handler = weekendHandler(new TerminationProtection(new EC2Client(clientConfig())));
