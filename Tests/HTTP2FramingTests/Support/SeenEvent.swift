import HTTP2FrameKit
import HTTP2Framing

/// A copy of an `HTTP2Event` that can be kept and compared.
///
/// Header lists are kept separately, by their reader.
enum SeenEvent: Equatable {
    case request(Int32, route: Int?, body: [UInt8])
    case opened(Int32, route: Int?)
    case bodyStarted(Int32, [UInt8])
    case data(Int32, [UInt8])
    case ended(Int32)
    case closed(Int32, HTTP2ErrorCode)
    case writable(Int32)
    case headersTooLarge(Int32)
    case bodyTooLarge(Int32)
    case goAway(last: Int32, HTTP2ErrorCode)
    case settings
    case pong
    case noticeAcknowledged

    init(_ event: borrowing HTTP2Event) {
        self =
            switch copy event {
            case .request(let stream, let route, _, let body): .request(stream.id, route: route, body: Array(body))
            case .opened(let stream, let route, _): .opened(stream.id, route: route)
            case .bodyStarted(let stream, let bytes): .bodyStarted(stream.id, Array(bytes))
            case .data(let stream, let bytes): .data(stream.id, Array(bytes))
            case .ended(let stream, _): .ended(stream.id)
            case .closed(let stream, let code): .closed(stream.id, code)
            case .writable(let stream): .writable(stream.id)
            case .headersTooLarge(let stream): .headersTooLarge(stream.id)
            case .bodyTooLarge(let stream): .bodyTooLarge(stream.id)
            case .goAway(let last, let code): .goAway(last: last, code)
            case .settings: .settings
            case .pong: .pong
            case .noticeAcknowledged: .noticeAcknowledged
            }
    }
}

extension HTTP2Event {
    var stream: HTTP2Stream? {
        switch self {
        case .request(let stream, _, _, _), .opened(let stream, _, _), .bodyStarted(let stream, _),
            .data(let stream, _), .ended(let stream, _), .closed(let stream, _), .writable(let stream),
            .headersTooLarge(let stream), .bodyTooLarge(let stream):
            stream
        case .goAway, .settings, .pong, .noticeAcknowledged: nil
        }
    }

    var headers: HeaderList? {
        switch self {
        case .request(_, _, let list, _), .opened(_, _, let list), .ended(_, let list): list
        default: nil
        }
    }

    var bytes: UnsafeRawBufferPointer? {
        switch self {
        case .request(_, _, _, let body): body
        case .bodyStarted(_, let bytes), .data(_, let bytes): bytes
        default: nil
        }
    }
}

extension HeaderList {
    var copied: [Field] {
        map { Field(Array($0.name), Array($0.value)) }
    }
}
