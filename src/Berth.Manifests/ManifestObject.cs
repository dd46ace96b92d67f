using System.Text.Json.Nodes;

namespace Berth.Manifests;

/// <summary>One object of a text of manifests.</summary>
/// <param name="Body">The object.</param>
/// <param name="Origin">The file, or another name for the origin of the text.</param>
/// <param name="Line">The line of the start of its document, from 1.</param>
internal readonly record struct ManifestObject(JsonObject Body, string Origin, long Line);
