import CentrifugoProxy
import Foundation

/// The check of JSON: Foundation can read what it accepts, and a quoted text is decoded to the same text.
///
/// The converse does not hold: Foundation also takes bytes of UTF-16 and UTF-32, a byte order mark, and numbers and
/// nesting beyond what is sent here.
@Sendable func fuzzJSON(_ input: UnsafeRawBufferPointer) throws {
    let bytes = Array(input)
    if JSONSyntax.isValid(bytes), isForFoundation(bytes) {
        do {
            _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        } catch {
            throw Finding("Foundation refuses what passes: \(error)")
        }
    }
    if JSONSyntax.isValid(bytes) { try readMembers(bytes) }
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let quoted = JSONSyntax.quoted(text)
    try promise(JSONSyntax.isValid(quoted), "a quoted text is no JSON")
    // Foundation drops a byte order mark at the beginning of a string and after an escape.
    guard !text.unicodeScalars.contains("\u{FEFF}") else { return }
    let read = try? JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed)
    try promise((read as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false, "a quoted text comes back changed")
}

/// Reads the members of valid JSON: each is valid JSON itself, and none of a wrong type is more than an error.
private func readMembers(_ bytes: [UInt8]) throws {
    guard let members = JSONMembers(of: bytes[...]) else { return }
    for member in members {
        try promise(JSONSyntax.isValid(Array(member.value)), "a member of valid JSON is not valid")
        try promise(member.key.map { JSONSyntax.isValid(Array($0)) } ?? true, "a name in valid JSON is not valid")
    }
    guard let fields = try? JSONFields(bytes[...]) else { return }
    for name in fields.names {
        _ = try? fields.number(name)
        _ = try? fields.flag(name)
        _ = try? fields.texts(name)
        _ = try? fields.payload(name, orBase64: name)
        _ = try? SubscribeOptions.subscriptions(json: fields, name)
    }
}

/// Omits what RFC 8259 allows but Foundation may not: lone surrogates, numbers beyond `Double`, deep nesting.
private func isForFoundation(_ bytes: [UInt8]) -> Bool {
    let escapes = zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "\\") && $1 == UInt8(ascii: "u") }
    let exponents = bytes.contains(UInt8(ascii: "e")) || bytes.contains(UInt8(ascii: "E"))
    let longDigits = bytes.split { !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) }.contains { $0.count > 15 }
    let openings = bytes.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
    return !escapes && !exponents && !longDigits && openings < 256
}
