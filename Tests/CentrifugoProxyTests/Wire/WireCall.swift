import CentrifugoProxy
import GRPCCall
import HTTP2FrameKit
import ProtobufWire
import ProxyMessages

/// One call of a recording.
///
/// Places are in bytes from the recording's beginning, each of them where a frame ends.
struct WireCall: Sendable {
    let id: UInt32
    let event: ProxyEvent
    let fields: [Field]
    /// The end of its header list.
    let opened: Int
    private(set) var body: [UInt8] = []
    /// Where in the body each message ends, and where in the recording.
    private(set) var messageEnds: [(inBody: Int, place: Int)] = []
    /// Where Centrifugo ended its side.
    var halfClosed: Int?
    /// The beginning of RST_STREAM and its end.
    var reset: (code: ErrorCode, range: Range<Int>)?

    init(id: UInt32, event: ProxyEvent, fields: [Field], opened: Int) {
        self.id = id
        self.event = event
        self.fields = fields
        self.opened = opened
    }

    var isStreaming: Bool { event == .subscribeUnidirectional || event == .subscribeBidirectional }
    /// Whether Centrifugo gave it up.
    var isCancelled: Bool { reset?.code == .cancel }
    /// Whether the backend ended it while Centrifugo's side was open: grpc-go then resets the stream without error.
    var isEndedEarly: Bool { reset?.code == .noError }
    var isUnfinished: Bool { halfClosed == nil && reset == nil }

    /// Takes the next DATA frame's bytes.
    mutating func receive(_ bytes: [UInt8], place: Int) {
        body += bytes
        var start = messageEnds.last?.inBody ?? 0
        while body.count - start >= 5 {
            let length = body[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
            start += 5 + length
            guard start <= body.count else { return }
            messageEnds.append((start, place))
        }
    }

    /// The messages, inflated.
    func messages() throws -> [[UInt8]] {
        let gzip = Gzip()
        var start = 0
        return try messageEnds.map { end -> [UInt8] in
            let message = body[start + 5..<end.inBody]
            let isCompressed = body[start] == 1
            start = end.inBody
            guard isCompressed else { return Array(message) }
            return try message.withUnsafeBytes { try gzip.inflate($0, limit: 4 << 20) }
        }
    }
}

/// A request as its handler gets it.
struct WireRequest: Hashable, Sendable {
    let event: ProxyEvent
    let bytes: [UInt8]
}

extension WireCall {
    /// The request that a handler gets, nil when the recording's end cuts it.
    func request() throws -> WireRequest? {
        guard let first = try messages().first else { return nil }
        guard event == .subscribeBidirectional else { return WireRequest(event: event, bytes: first) }
        return try StreamSubscribeRequest(wireBytes: first).subscribeRequest.map {
            WireRequest(event: event, bytes: $0.wireBytes())
        }
    }
}

extension ProxyEvent {
    /// Decodes a message that a call of the event has; of a bidirectional stream all are of one kind.
    func message(_ bytes: [UInt8]) throws -> any WireMessage {
        switch self {
        case .connect: try ConnectRequest(wireBytes: bytes)
        case .refresh: try RefreshRequest(wireBytes: bytes)
        case .subscribe, .subscribeUnidirectional: try SubscribeRequest(wireBytes: bytes)
        case .subRefresh: try SubRefreshRequest(wireBytes: bytes)
        case .publish: try PublishRequest(wireBytes: bytes)
        case .rpc: try RPCRequest(wireBytes: bytes)
        case .mapPublish: try MapPublishRequest(wireBytes: bytes)
        case .mapRemove: try MapRemoveRequest(wireBytes: bytes)
        case .sharedPollRefresh: try SharedPollRefreshRequest(wireBytes: bytes)
        case .notifyCacheEmpty: try NotifyCacheEmptyRequest(wireBytes: bytes)
        case .notifyChannelState: try NotifyChannelStateRequest(wireBytes: bytes)
        case .subscribeBidirectional: try StreamSubscribeRequest(wireBytes: bytes)
        }
    }
}
