// Original file: sallyport/approvals/v1/approvals.proto


export interface GetApprovalsRequest {
  'approvalIds'?: (string)[];
}

export interface GetApprovalsRequest__Output {
  'approvalIds': (string)[];
}
