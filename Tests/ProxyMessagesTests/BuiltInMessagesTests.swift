import ProtobufWire
import ProxyMessages
import Testing

/// The messages of the health and reflection services, beside the bytes that `protoc --encode` makes of them.
@Suite("Messages of built-in services")
struct BuiltInMessagesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let testDescription: String
        let check: @Sendable ([UInt8]) throws -> Void

        init<Message: WireMessage & Equatable>(_ message: Message, _ bytes: [UInt8]) {
            self.bytes = bytes
            testDescription = "\(message)"
            check = { bytes in
                #expect(message.wireBytes() == bytes)
                try #expect(Message(wireBytes: bytes) == message)
            }
        }
    }

    static let health = [
        Row(HealthCheckRequest(), []),
        Row(HealthCheckRequest(service: "a.B"), [0x0A, 0x03, 0x61, 0x2E, 0x42]),
        Row(HealthCheckResponse(status: .unknown), []),
        Row(HealthCheckResponse(status: .serving), [0x08, 0x01]),
        Row(HealthCheckResponse(status: .notServing), [0x08, 0x02]),
        Row(HealthCheckResponse(status: .serviceUnknown), [0x08, 0x03]),
        Row(HealthCheckResponse(status: .init(rawValue: 77)), [0x08, 0x4D]),
        Row(HealthListRequest(), []),
        Row(
            HealthListResponse(statuses: ["b": HealthCheckResponse(), "a": HealthCheckResponse(status: .notServing)]),
            [0x0A, 0x07, 0x0A, 0x01, 0x61, 0x12, 0x02, 0x08, 0x02, 0x0A, 0x05, 0x0A, 0x01, 0x62, 0x12, 0x00]
        ),
    ]

    static let requests = [
        Row(ReflectionRequest(host: "h", nil), [0x0A, 0x01, 0x68]),
        Row(ReflectionRequest(host: "h", .fileByFilename("f")), [0x0A, 0x01, 0x68, 0x1A, 0x01, 0x66]),
        Row(ReflectionRequest(.fileContainingSymbol("s")), [0x22, 0x01, 0x73]),
        Row(
            ReflectionRequest(.fileContainingExtension(ReflectedExtension(containingType: "t", number: 300))),
            [0x2A, 0x06, 0x0A, 0x01, 0x74, 0x10, 0xAC, 0x02]
        ),
        Row(ReflectionRequest(.fileContainingExtension(ReflectedExtension())), [0x2A, 0x00]),
        Row(ReflectionRequest(.allExtensionNumbersOfType("t")), [0x32, 0x01, 0x74]),
        Row(ReflectionRequest(.listServices("")), [0x3A, 0x00]),
    ]

    static let responses = [
        Row(
            ReflectionResponse(
                to: ReflectionRequest(host: "h", .listServices("")),
                .services(ReflectedServices(["a", "b"]))
            ),
            [
                0x0A, 0x01, 0x68, 0x12, 0x05, 0x0A, 0x01, 0x68, 0x3A, 0x00, 0x32, 0x0A, 0x0A, 0x03, 0x0A, 0x01, 0x61,
                0x0A, 0x03, 0x0A, 0x01, 0x62,
            ]
        ),
        Row(
            ReflectionResponse(to: ReflectionRequest(), .files(ReflectedFiles([[1, 2], []]))),
            [0x12, 0x00, 0x22, 0x06, 0x0A, 0x02, 0x01, 0x02, 0x0A, 0x00]
        ),
        Row(
            ReflectionResponse(
                to: ReflectionRequest(),
                .extensionNumbers(ReflectedExtensionNumbers(baseTypeName: "t"))
            ),
            [0x12, 0x00, 0x2A, 0x03, 0x0A, 0x01, 0x74]
        ),
        Row(
            ReflectionResponse(to: ReflectionRequest(), .failure(ReflectionFailure(code: 5, message: "m"))),
            [0x12, 0x00, 0x3A, 0x05, 0x08, 0x05, 0x12, 0x01, 0x6D]
        ),
    ]

    @Test("are written and read", arguments: health + requests + responses)
    func table(row: Row) throws {
        try row.check(row.bytes)
    }

    @Test("skip unknown fields, and known ones of another wire type", arguments: health + requests + responses)
    func unknown(row: Row) throws {
        // A group in field 1, a fixed-width number in field 4, a varint in field 1000.
        let noise: [UInt8] = [0x0B, 0x0C, 0x25, 1, 2, 3, 4, 0xC0, 0x3E, 0x01]
        let message = try ReflectionRequest(wireBytes: noise)
        #expect(message == ReflectionRequest())
        #expect(try HealthCheckRequest(wireBytes: noise) == HealthCheckRequest())
        #expect(try HealthListRequest(wireBytes: noise + row.bytes) == HealthListRequest())
    }

    @Test("read a name of the server as a whole, present or absent")
    func emptyKey() throws {
        let expected = HealthListResponse(statuses: ["": HealthCheckResponse(status: .serving)])
        #expect(try HealthListResponse(wireBytes: [0x0A, 0x06, 0x0A, 0x00, 0x12, 0x02, 0x08, 0x01]) == expected)
        #expect(try HealthListResponse(wireBytes: [0x0A, 0x04, 0x12, 0x02, 0x08, 0x01]) == expected)
        #expect(expected.wireBytes() == [0x0A, 0x04, 0x12, 0x02, 0x08, 0x01])
    }

    @Test("take the last of a oneof's fields, and merge the pieces of one")
    func oneof() throws {
        let symbol: [UInt8] = [0x22, 0x01, 0x73]
        let type: [UInt8] = [0x2A, 0x03, 0x0A, 0x01, 0x74]
        let number: [UInt8] = [0x2A, 0x02, 0x10, 0x07]
        #expect(try ReflectionRequest(wireBytes: type + symbol).query == .fileContainingSymbol("s"))
        #expect(
            try ReflectionRequest(wireBytes: symbol + type + number).query
                == .fileContainingExtension(ReflectedExtension(containingType: "t", number: 7))
        )
        #expect(
            try ReflectionRequest(wireBytes: type + symbol + number).query
                == .fileContainingExtension(ReflectedExtension(containingType: "", number: 7))
        )
    }

    @Test("name what is wrong in them")
    func malformed() {
        let error = #expect(throws: WireError.self) { try ReflectionRequest(wireBytes: [0x22, 0x01, 0xFF]) }
        #expect(
            error.map { "\($0)" }
                == "ServerReflectionRequest, field file_containing_symbol: a string is not valid UTF-8"
        )
    }
}
