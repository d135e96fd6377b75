package import GRPCCall

extension GRPCStatus {
    /// Makes the client's SDK subscribe again.
    package static let interrupted = GRPCStatus(.unavailable, "the subscription was interrupted")

    /// The status of a stream whose task has thrown.
    init(ofServing error: any Error) {
        let status = error as? GRPCStatus
        self = status.map { $0.code == .ok ? .unknownFailure : $0 } ?? .interrupted
    }
}
