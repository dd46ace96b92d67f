namespace Berth.LocalCluster.Api;

/// <summary>One column of a table; a wide one is shown with <c>-o wide</c> only.</summary>
internal sealed record TableColumn(string Name, Func<JsonObject, DateTimeOffset, string> Read, bool Wide = false);
