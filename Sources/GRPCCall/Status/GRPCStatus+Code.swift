extension GRPCStatus {
    /// The seventeen status codes of gRPC, with their numbers on the wire.
    public enum Code: Int, Sendable, Hashable, CaseIterable {
        /// The call succeeded.
        case ok = 0
        /// The call was cancelled, usually by the peer.
        case cancelled = 1
        /// A failure without a better code.
        case unknown = 2
        /// The request is wrong, whatever the state of the system.
        case invalidArgument = 3
        /// The deadline passed before the call was done.
        case deadlineExceeded = 4
        /// The requested entity does not exist.
        case notFound = 5
        /// The entity to create already exists.
        case alreadyExists = 6
        /// The caller is known, but may not do this.
        case permissionDenied = 7
        /// A limit was reached: a size, a quota, memory.
        case resourceExhausted = 8
        /// The system is not in the state that the call needs; repeating the call does not help.
        case failedPrecondition = 9
        /// A conflict ended the call; repeating it from its start may help.
        case aborted = 10
        /// The request goes past the valid range.
        case outOfRange = 11
        /// The server has no such method, or not this feature of the protocol.
        case unimplemented = 12
        /// A rule of the protocol was broken, or the server has an internal error.
        case internalError = 13
        /// The server cannot answer now; repeating the call helps.
        case unavailable = 14
        /// Data is lost or damaged permanently.
        case dataLoss = 15
        /// The caller's credentials are missing or wrong.
        case unauthenticated = 16
    }
}

extension GRPCStatus.Code {
    /// The code with a name in gRPC's documents, such as `DEADLINE_EXCEEDED`, in capitals; nil for any other name.
    public init?(name: String) {
        guard let code = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = code
    }

    /// The name in gRPC's documents, such as `DEADLINE_EXCEEDED`.
    public var name: String { Self.names[rawValue] }

    // Made once: each failed call has a name in the log. The numbers have no gaps.
    private static let names = allCases.map { code in
        // The only case that Swift's keywords forbid to have its own name.
        guard code != .internalError else { return "INTERNAL" }
        return "\(code)".reduce(into: "") { name, letter in
            if letter.isUppercase { name += "_" }
            name += letter.uppercased()
        }
    }
}
