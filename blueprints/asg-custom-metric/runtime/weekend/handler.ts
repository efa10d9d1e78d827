import { weekendHandler } from "./weekend-handler";

export const handler = weekendHandler();
