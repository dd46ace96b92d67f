namespace Berth.LocalCluster.Apply;

/// <summary>
/// An owner of fields. A client that applies and updates, or changes both an object and its status, is a separate owner for each.
/// </summary>
/// <param name="Name">The name of the client.</param>
/// <param name="Operation"><c>Apply</c> or <c>Update</c>.</param>
/// <param name="Subresource"><c>status</c>, or null for the object itself.</param>
internal sealed record FieldManager(string Name, string Operation, string? Subresource);
