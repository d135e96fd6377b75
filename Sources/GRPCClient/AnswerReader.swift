import GRPCCall
import HTTP2Framing
package import HTTP2Transport

/// Reads an answer according to gRPC: its messages, and the status at the end.
package struct AnswerReader {
    private let gzip = Gzip()
    private var decoder: MessageDecoder
    private var headers = CopiedHeaders()

    /// Makes a reader.
    ///
    /// - Parameter limit: The largest message, in bytes.
    package init(limit: Int = LengthPrefix.defaultLimit) {
        decoder = MessageDecoder(encoding: .identity, limit: limit)
    }

    /// Reads one part of the answer; returns the messages that it completes, and how the call ended if it did.
    package mutating func read(
        _ answer: HTTP2Exchange.Answer,
        timeout: Double
    ) -> (messages: [[UInt8]], outcome: CallOutcome?) {
        switch answer {
        case .headers(let headers):
            self.headers = headers
            return ([], refusal(headers).map { CallOutcome($0) })
        case .body(let bytes): return body(bytes)
        case .ended(let trailers):
            let status = status(trailers)
            guard status.code == .ok else { return ([], CallOutcome(status)) }
            do throws(GRPCStatus) {
                try decoder.finish()
                return ([], CallOutcome(status))
            } catch {
                return ([], CallOutcome(error))
            }
        case .reset(let code): return ([], CallOutcome(Self.status(code)))
        case .refused(let reason): return ([], CallOutcome(GRPCStatus(.resourceExhausted, reason)))
        case .lost(let reason): return ([], CallOutcome(GRPCStatus(.unavailable, reason)))
        case .left(let reason): return ([], CallOutcome(Self.status(reason, timeout), leave: reason))
        }
    }

    private mutating func body(_ bytes: [UInt8]) -> ([[UInt8]], CallOutcome?) {
        bytes.withUnsafeBytes { decoder.append($0) }
        var messages: [[UInt8]] = []
        do throws(GRPCStatus) {
            while let message = try decoder.next(gzip: gzip) { messages.append(message) }
            return (messages, nil)
        } catch {
            return (messages, CallOutcome(error))
        }
    }

    /// An answer that is not gRPC's, with the codes of gRPC's "HTTP to gRPC Status Code Mapping", which is only for answers
    /// without a status.
    private func refusal(_ headers: CopiedHeaders) -> GRPCStatus? {
        guard headers.withFields({ GRPCStatus(trailers: $0) }) == nil, let http = headers.first(":status") else {
            return nil
        }
        guard http != "200" else {
            let type = headers.first("content-type")
            guard type?.hasPrefix("application/grpc") != true else { return nil }
            return GRPCStatus(.unknown, "the server answers \(type ?? "without a content type"); is it a gRPC server?")
        }
        let code: GRPCStatus.Code =
            switch http {
            case "400": .internalError
            case "401": .unauthenticated
            case "403": .permissionDenied
            case "404": .unimplemented
            case "429", "502", "503", "504": .unavailable
            default: .unknown
            }
        return GRPCStatus(code, "the server answers HTTP \(http); is it a gRPC server?")
    }

    /// The status in the trailers, or in the headers if the answer has nothing else (gRPC: Trailers-Only).
    private func status(_ trailers: CopiedHeaders) -> GRPCStatus {
        let status = [trailers, headers].lazy.compactMap { $0.withFields { GRPCStatus(trailers: $0) } }.first
        return status ?? GRPCStatus(.unknown, "the server ended the call without a status")
    }

    /// gRPC over HTTP/2, "Errors".
    private static func status(_ code: HTTP2ErrorCode) -> GRPCStatus {
        let status: GRPCStatus.Code =
            switch code {
            case .refusedStream: .unavailable
            case .cancel: .cancelled
            case .enhanceYourCalm: .resourceExhausted
            case .inadequateSecurity: .permissionDenied
            default: .internalError
            }
        return GRPCStatus(status, "the server reset the stream: \(code)")
    }

    private static func status(_ leave: HTTP2Exchange.Leave, _ timeout: Double) -> GRPCStatus {
        switch leave {
        case .satisfied: GRPCStatus(.cancelled, "left after the last message that was wanted")
        case .interrupted: GRPCStatus(.cancelled, "left by a signal")
        case .timedOut: GRPCStatus(.deadlineExceeded, "no answer within \(timeout) s")
        }
    }
}
