internal import CNghttp2

extension HTTP2Session {
    /// Sends a whole response: headers, body and trailers.
    package mutating func respond(
        to stream: HTTP2Stream,
        headers: HeaderFields,
        body: UnsafeRawBufferPointer,
        trailers: HeaderFields
    ) -> Submission {
        let handle = handle
        let result = headers.withCHeaders { headers in
            trailers.withCHeaders { trailers in
                cnghttp2_session_respond(
                    handle,
                    stream.id,
                    headers.baseAddress,
                    headers.count,
                    body.bindMemory(to: UInt8.self).baseAddress,
                    body.count,
                    trailers.baseAddress,
                    trailers.count
                )
            }
        }
        return Submission(result)
    }

    /// Sends a response that is one HEADERS frame with END_STREAM (gRPC: Trailers-Only).
    package mutating func respond(to stream: HTTP2Stream, headersOnly headers: HeaderFields) -> Submission {
        let handle = handle
        return Submission(
            headers.withCHeaders { cnghttp2_session_respond_headers_only(handle, stream.id, $0.baseAddress, $0.count) }
        )
    }

    /// Sends a response's headers; its body follows by `writeBody` and ends with `endBody`.
    package mutating func startResponse(to stream: HTTP2Stream, headers: HeaderFields) -> Submission {
        let handle = handle
        return Submission(
            headers.withCHeaders { cnghttp2_session_start_response(handle, stream.id, $0.baseAddress, $0.count) }
        )
    }

    /// Client: opens a stream with a request's headers; its body follows by `writeBody` and ends with `endBody`.
    /// - Returns: The stream's identifier, or nil when the connection takes no more streams.
    package mutating func startRequest(headers: HeaderFields) -> Int32? {
        let handle = handle
        let id = headers.withCHeaders { cnghttp2_session_start_request(handle, $0.baseAddress, $0.count) }
        return id < 0 ? nil : id
    }

    /// Sends bytes of a streaming body, keeping a copy until flow control allows sending them.
    package mutating func writeBody(_ bytes: UnsafeRawBufferPointer, to streamID: Int32) -> Submission {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return .accepted }
        return Submission(cnghttp2_session_write_body(handle, streamID, start, bytes.count))
    }

    /// Ends a streaming body, on a server with trailers.
    package mutating func endBody(of streamID: Int32, trailers: HeaderFields = HeaderFields()) -> Submission {
        let handle = handle
        return Submission(
            trailers.withCHeaders { cnghttp2_session_end_body(handle, streamID, $0.baseAddress, $0.count) }
        )
    }

    /// Sends RST_STREAM.
    package mutating func reset(_ streamID: Int32, _ code: HTTP2ErrorCode) {
        cnghttp2_session_reset(handle, streamID, code.rawValue)
    }

    /// Returns credit to the peer for `count` consumed bytes of a streaming body (RFC 9113 §5.2).
    package mutating func consume(_ count: Int, of streamID: Int32) {
        cnghttp2_session_consume(handle, streamID, count)
    }
}

extension HTTP2Session.Submission {
    init(_ result: cnghttp2_result) {
        self =
            switch result {
            case .CNGHTTP2_OK: .accepted
            case .CNGHTTP2_FULL: .full
            case .CNGHTTP2_STREAM_GONE: .streamGone
            }
    }
}
