#if HTTPBridge
import CentrifugoProxy

/// The answer of the upstream.
struct UpstreamAnswer {
    let status: UInt
    let body: [UInt8]

    /// The answer for the client: an object with `code`, the HTTP status.
    ///
    /// Members of the upstream's object keep their text, except for its own `code`. JSON that is not an object becomes
    /// the member `data`. A validation answer (422) keeps only `errors` and `message`.
    ///
    /// - Throws: ``BridgeError`` when the body is not JSON; such a body of a redirect, which is text for people, is
    ///   omitted instead.
    func json() throws(BridgeError) -> [UInt8] {
        var json = Array("{\"code\":\(status)".utf8)
        if JSONSyntax.isValid(body) {
            json.reserveCapacity(json.count + body.count + 10)
            if status == 422 {
                appendValidation(to: &json)
            } else if let members = JSONMembers(of: body[...]), members.isObject {
                for member in members {
                    guard let key = member.key, JSONMembers.string(key) != "code" else { continue }
                    Self.append(key, member.value, to: &json)
                }
            } else {
                Self.append("\"data\"".utf8, body[...], to: &json)
            }
        } else if !body.isEmpty, !(300..<400 ~= status) {
            throw .badAnswer("the body of the answer is not JSON")
        }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private func appendValidation(to json: inout [UInt8]) {
        guard let members = JSONMembers(of: body[...]), members.isObject else { return }
        for name in ["errors", "message"] {
            // Of a repeated name the last value applies, as everywhere in JavaScript and PHP.
            var value: ArraySlice<UInt8>?
            for member in members where member.key.flatMap(JSONMembers.string) == name { value = member.value }
            if let value { Self.append("\"\(name)\"".utf8, value, to: &json) }
        }
    }

    private static func append(_ key: some Sequence<UInt8>, _ value: ArraySlice<UInt8>, to json: inout [UInt8]) {
        json.append(UInt8(ascii: ","))
        json += key
        json.append(UInt8(ascii: ":"))
        json += value
    }
}
#endif
