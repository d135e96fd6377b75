import GRPCCall
import HTTP2Framing
import Testing

@Suite struct RequestHeadTests {
    @Test("reads the fields Centrifugo sends")
    func centrifugo() throws {
        let head = try HeaderList([
            ":method": "POST", ":scheme": "http", ":path": "/centrifugal.centrifugo.proxy.CentrifugoProxy/Connect",
            ":authority": "127.0.0.1:10001", "content-type": "application/grpc", "user-agent": "grpc-go/1.82.0",
            "te": "trailers", "grpc-encoding": "gzip", "grpc-accept-encoding": "gzip", "grpc-timeout": "2998243u",
            "x-token": "secret", "cookie": "a=b",
        ]).head()
        #expect(head.timeout == 2_998_243_000)
        #expect(head.encoding == .gzip)
        #expect(head.acceptsGzip)
        #expect(head.metadata == ["x-token": "secret", "cookie": "a=b"])
    }

    @Test("needs no more than method and content-type")
    func minimal() throws {
        let head = try request([:]).head()
        #expect(head.timeout == nil)
        #expect(head.encoding == .identity)
        #expect(!head.acceptsGzip)
        #expect(head.metadata.isEmpty)
    }

    @Test("answers other methods with 405", arguments: ["GET", "PUT", "post", "POSTS", ""])
    func method(method: String) {
        let rejection = rejection(of: HeaderList([":method": method, "content-type": "text/html"]))
        guard case .http(status: 405, body: let body) = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        #expect(!body.isEmpty && body.utf8.count < 100)
    }

    @Test(
        "accepts each form of gRPC's content-type",
        arguments: [
            "application/grpc", "application/grpc+proto", "application/grpc+json", "application/grpc;charset=utf-8",
            "application/grpc ; charset=utf-8", "Application/gRPC",
        ]
    )
    func contentType(value: String) throws {
        _ = try HeaderList([":method": "POST", "content-type": value]).head()
    }

    @Test(
        "answers other content-types with 415",
        arguments: [
            nil, "", "application", "application/grpc-web", "application/grpcx", "application/json", "text/plain",
            "application/grp",
            " application/grpc", "application/grpc x",
        ] as [String?]
    )
    func otherContentType(value: String?) {
        let fields: HeaderList =
            if let value { HeaderList([":method": "POST", "content-type": value]) } else {
                HeaderList([":method": "POST"])
            }
        guard case .http(status: 415, body: let body) = rejection(of: fields) else {
            Issue.record("accepted")
            return
        }
        #expect(!body.isEmpty && body.utf8.count < 100)
    }

    @Test("refuses a te other than trailers", arguments: ["", "gzip", "trailers, gzip", "trailer"])
    func te(value: String) {
        #expect(code(of: rejection(of: request(["te": value]))) == .internalError)
    }

    @Test("refuses an unknown route")
    func route() {
        let rejection = #expect(throws: RejectionError.self) { try request([:]).head(isKnownRoute: false) }
        #expect(code(of: rejection) == .unimplemented)
    }

    /// Hostile input: timeout-malformed.
    @Test("refuses a malformed timeout", arguments: ["", "S", "1", "-1S", "1X", "123456789S", "١S", "1S,2S"])
    func timeout(value: String) {
        #expect(code(of: rejection(of: request(["grpc-timeout": value]))) == .internalError)
    }

    @Test(
        "reads the longest timeouts",
        arguments: [("99999999n", 99_999_999), ("99999999H", .max)] as [(String, UInt64)]
    )
    func longTimeout(value: String, nanoseconds: UInt64) throws {
        #expect(try request(["grpc-timeout": value]).head().timeout == nanoseconds)
    }

    @Test("accepts known encodings", arguments: [("identity", MessageEncoding.identity), ("gzip", .gzip)])
    func encoding(value: String, encoding: MessageEncoding) throws {
        #expect(try request(["grpc-encoding": value]).head().encoding == encoding)
    }

    @Test(
        "refuses other encodings and names those it reads",
        arguments: ["", "deflate", "snappy", "GZIP", "gzip,gzip"]
    )
    func otherEncoding(value: String) {
        guard case .status(let status, acceptEncoding: true) = rejection(of: request(["grpc-encoding": value])) else {
            Issue.record("accepted, or without grpc-accept-encoding")
            return
        }
        #expect(status.code == .unimplemented)
    }

    @Test(
        "notes whether the peer reads gzip",
        arguments: [
            ("gzip", true), ("identity,deflate,gzip", true), ("identity, gzip\t,deflate", true), ("identity", false),
            ("gzipped,xgzip", false), ("", false),
        ]
    )
    func acceptEncoding(value: String, acceptsGzip: Bool) throws {
        #expect(try request(["grpc-accept-encoding": value]).head().acceptsGzip == acceptsGzip)
    }

    @Test("keeps what HTTP/2 and gRPC need out of the metadata")
    func reserved() throws {
        let head = try request([
            ":authority": "a", ":scheme": "http", ":path": "/", "host": "a", "user-agent": "test", "te": "trailers",
            "grpc-timeout": "1S", "grpc-future": "1", "grpc": "custom", "x-custom": "custom",
        ]).head()
        #expect(head.metadata == ["grpc": "custom", "x-custom": "custom"])
    }

    @Test("decodes binary metadata")
    func binaryMetadata() throws {
        let metadata = try request(["trace-bin": "Zg==,Zm8", "trace-bin": "Zm9v"]).head().metadata
        #expect(metadata.binary("trace-bin") == [Array("f".utf8), Array("fo".utf8), Array("foo".utf8)])
    }

    @Test(
        "refuses bad base64 and values that are not text",
        arguments: [("trace-bin", [UInt8(ascii: "?")]), ("trace-bin", Array("Zg,A".utf8)), ("trace-bin", [0xC3])]
    )
    func malformedMetadata(name: String, value: [UInt8]) {
        let fields = HeaderList([
            (name: ":method", value: Array("POST".utf8)), (name: "content-type", value: Array("application/grpc".utf8)),
            (name: name, value: value), (name: "other-bin", value: Array("?".utf8)),
        ])
        guard case .status(let status, acceptEncoding: false) = rejection(of: fields) else {
            Issue.record("accepted")
            return
        }
        #expect(status == GRPCStatus(.internalError, "malformed value of metadata \(name)"))
    }

    @Test("takes the last of repeated fields and all metadata")
    func repeated() throws {
        let head = try request([
            "grpc-timeout": "x", "grpc-timeout": "2n", "grpc-encoding": "br", "grpc-encoding": "identity",
            "grpc-accept-encoding": "gzip", "grpc-accept-encoding": "identity", "key": "1", "key": "2",
        ]).head()
        #expect(head.timeout == 2)
        #expect(head.encoding == .identity)
        #expect(head.acceptsGzip)
        #expect(head.metadata["key"] == ["1", "2"])
    }

    @Test("checks in gRPC's order, whatever the order of the fields")
    func order() {
        // Everything is wrong at first; each step corrects what the previous answer complained about.
        var fields: [(name: String, value: String)] = [
            ("x-bin", "?"), ("grpc-encoding", "br"), ("grpc-timeout", "1"), ("te", "gzip"),
            ("content-type", "text/html"),
            (":method", "GET"),
        ]
        func next(_ isKnownRoute: Bool = true) -> RejectionError? {
            let list = HeaderList(fields.map { (name: $0.name, value: Array($0.value.utf8)) })
            return rejection(of: list, isKnownRoute: isKnownRoute)
        }
        func mend(_ name: String, _ value: String) {
            fields = fields.map { $0.name == name ? (name: name, value: value) : $0 }
        }
        #expect(status(of: next(false)) == 405)
        mend(":method", "POST")
        #expect(status(of: next(false)) == 415)
        mend("content-type", "application/grpc")
        #expect(message(of: next(false))?.hasPrefix("te ") == true)
        mend("te", "trailers")
        #expect(message(of: next(false)) == "unknown method")
        #expect(message(of: next())?.hasSuffix("grpc-timeout") == true)
        mend("grpc-timeout", "1S")
        #expect(message(of: next())?.hasSuffix("grpc-encoding") == true)
        mend("grpc-encoding", "gzip")
        #expect(message(of: next())?.hasSuffix("x-bin") == true)
        mend("x-bin", "Zg")
        #expect(next() == nil)
    }
}

/// A valid request with these fields added.
private func request(_ fields: KeyValuePairs<String, String>) -> HeaderList {
    let required: KeyValuePairs = [":method": "POST", "content-type": "application/grpc"]
    return HeaderList((Array(required) + Array(fields)).map { (name: $0.key, value: Array($0.value.utf8)) })
}

private func rejection(of fields: HeaderList, isKnownRoute: Bool = true) -> RejectionError? {
    do {
        _ = try fields.head(isKnownRoute: isKnownRoute)
        return nil
    } catch {
        return error
    }
}

private func status(of rejection: RejectionError?) -> Int? {
    guard case .http(let status, _) = rejection else { return nil }
    return status
}

private func code(of rejection: RejectionError?) -> GRPCStatus.Code? {
    guard case .status(let status, _) = rejection else { return nil }
    return status.code
}

private func message(of rejection: RejectionError?) -> String? {
    guard case .status(let status, _) = rejection else { return nil }
    return status.message
}
