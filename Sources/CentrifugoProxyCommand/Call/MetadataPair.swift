import ArgumentParser

/// A name and a value of a request's metadata.
struct MetadataPair: Sendable {
    let name: String
    let value: String

    /// Checks that gRPC can send them (gRPC over HTTP/2: Custom-Metadata).
    init(name: String, value: String) throws(ValidationError) {
        self.name = name.lowercased()
        self.value = value
        let isName = self.name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isName, !self.name.isEmpty, !self.name.hasPrefix("grpc-") else {
            throw ValidationError(
                "\"\(name)\" cannot be the name of metadata: choose ASCII letters, digits, -, _ and ., not grpc-…."
            )
        }
        guard value.unicodeScalars.allSatisfy({ 0x20...0x7E ~= $0.value }) else {
            throw ValidationError("The value of \(name) is not printable ASCII; send others in base64, as NAME-bin.")
        }
    }
}
