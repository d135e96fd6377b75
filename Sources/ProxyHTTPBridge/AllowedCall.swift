#if HTTPBridge
import CentrifugoProxy

/// A rule that allows calls, in the syntax of clients' methods: `get:users/*`.
struct AllowedCall {
    private enum Piece: Equatable {
        case exactly(String)
        /// `*`: any one non-empty segment.
        case one
        /// `**`, only as the last piece: one or more segments, of which the last may be empty.
        case rest
    }

    /// The rule as it was written.
    let text: String
    private let verbs: [HTTPVerb]
    private let pieces: [Piece]

    /// Parses a rule; its verb may be `*` for all verbs.
    init(_ text: String) throws(ProxyServerError) {
        self.text = text
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Self.invalid(text, "write a verb, a colon and a path, as in get:users/*")
        }
        if parts[0].elementsEqual("*".utf8) {
            verbs = HTTPVerb.allCases
        } else if let verb = HTTPVerb(parts[0]) {
            verbs = [verb]
        } else {
            throw Self.invalid(text, "the verb must be get, head, post, put, patch, delete or *")
        }
        guard let path = UpstreamPath(parts[1]) else {
            throw Self.invalid(text, "no client can call that path; write it without a query and without dot segments")
        }
        var pieces: [Piece] = []
        for segment in path.segments {
            guard pieces.last != .rest else { throw Self.invalid(text, "** may only be the last segment") }
            switch segment {
            case "*": pieces.append(.one)
            case "**": pieces.append(.rest)
            default:
                guard !segment.contains("*") else { throw Self.invalid(text, "a * must be a whole segment") }
                pieces.append(.exactly(segment))
            }
        }
        self.pieces = pieces
    }

    /// Whether the rule allows the call.
    func allows(_ target: UpstreamTarget) -> Bool {
        guard verbs.contains(target.verb) else { return false }
        let segments = target.path.segments
        guard pieces.last == .rest ? segments.count >= pieces.count : segments.count == pieces.count else {
            return false
        }
        return zip(pieces, segments).allSatisfy { piece, segment in
            switch piece {
            // By bytes, since String treats letters that only look alike as equal.
            case .exactly(let name): name.utf8.elementsEqual(segment.utf8)
            case .one: !segment.isEmpty
            case .rest: true
            }
        }
    }

    private static func invalid(_ text: String, _ reason: String) -> ProxyServerError {
        ProxyServerError(.invalidConfiguration, "The HTTP bridge cannot allow \"\(text)\": \(reason).")
    }
}
#endif
