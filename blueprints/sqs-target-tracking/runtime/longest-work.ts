/**
 * SQS keeps a message hidden for 12 hours from its receipt at most, whatever is asked for, so that nobody can work on one for
 * longer: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const LONGEST_WORK_SECONDS = 43_200;
