namespace Berth.Extensions.Hosting.Sources;

/// <summary>A source that the setting <c>Berth:Source</c> can name.</summary>
/// <param name="Name">Its name, which is also the name of its section.</param>
/// <param name="IsBuiltIn">True for a source of this package, whose settings are part of <see cref="BerthSettings"/>.</param>
/// <param name="Create">Makes the source when the directory is made.</param>
internal sealed record SourceRegistration(string Name, bool IsBuiltIn, Func<BerthSourceContext, IEndpointSource> Create);
