internal import CNghttp2

/// The fault that makes a request malformed (RFC 9113 §8), for which its stream was reset.
package enum HTTP2RequestFault: Equatable, Sendable {
    /// A header field specific to connections of HTTP/1, or `te` with a value other than `trailers` (§8.2.2).
    case connectionField(String)
    /// Any other fault, as the end of a sentence.
    case other(String)

    init?(_ fault: cnghttp2_fault) {
        switch fault {
        case .CNGHTTP2_FAULT_NONE: return nil
        case .CNGHTTP2_FAULT_CONNECTION: self = .connectionField("connection")
        case .CNGHTTP2_FAULT_KEEP_ALIVE: self = .connectionField("keep-alive")
        case .CNGHTTP2_FAULT_PROXY_CONNECTION: self = .connectionField("proxy-connection")
        case .CNGHTTP2_FAULT_TRANSFER_ENCODING: self = .connectionField("transfer-encoding")
        case .CNGHTTP2_FAULT_UPGRADE: self = .connectionField("upgrade")
        case .CNGHTTP2_FAULT_TE: self = .connectionField("te")
        case .CNGHTTP2_FAULT_NAME: self = .other("a field's name has characters that HTTP/2 forbids")
        case .CNGHTTP2_FAULT_VALUE: self = .other("a field's value has characters that HTTP/2 forbids")
        case .CNGHTTP2_FAULT_HOST: self = .other("its host is repeated or empty")
        case .CNGHTTP2_FAULT_CONTENT_LENGTH: self = .other("its content-length is not that of its body")
        case .CNGHTTP2_FAULT_PSEUDO_HEADER:
            self = .other("a pseudo-header field is missing, repeated, too late or invalid")
        case .CNGHTTP2_FAULT_TRAILERS: self = .other("its trailers do not end it")
        }
    }
}

extension HTTP2Session {
    /// Takes the first fault, since the last call, of a request that was reset as malformed; nil if there was none.
    package mutating func takeRequestFault() -> HTTP2RequestFault? {
        HTTP2RequestFault(cnghttp2_session_take_fault(handle))
    }
}
