import * as z from "zod";

/** An AWS Region's code. Whether there is such a Region is known to AWS only. */
export const regionCode = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a Region's code, such as eu-central-1");
