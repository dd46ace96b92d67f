using System.Text.Json.Nodes;

namespace Berth.Manifests;

/// <summary>One object of a text of manifests.</summary>
/// <param name="Body">The object.</param>
/// <param name="Origin">The file, or another word for where the text is from.</param>
/// <param name="Line">The line that its document begins at, from 1.</param>
internal readonly record struct ManifestObject(JsonObject Body, string Origin, long Line);
