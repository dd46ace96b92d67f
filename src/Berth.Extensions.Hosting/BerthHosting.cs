using Berth.Extensions.Hosting.Registration;
using Berth.Extensions.Hosting.Sources;
using Berth.Targets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.Extensions.Hosting;

/// <summary>Adds Berth to a .NET host.</summary>
public static class BerthHosting
{
    /// <summary>
    /// Registers the <see cref="EndpointDirectory"/> from the configuration section <c>Berth</c>, and <see cref="PodIdentity"/> for pods
    /// that look at themselves. Several calls add up.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Changes the settings after the configuration.</param>
    /// <exception cref="InvalidOperationException">The host is built already.</exception>
    public static void AddBerth(this IHostApplicationBuilder builder, Action<BerthSettings>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        CheckOpen(builder, "Berth", nameof(AddBerth));
        Register(builder.Services);
        if (configure is not null)
            builder.Services.Configure(configure);
    }

    /// <summary>
    /// Registers the <see cref="EndpointView"/> of one Service, from the section <c>Berth</c> and then <c>Berth:Views:NAME</c>, with a
    /// health check. It is registered without a key, and with its name as the key. The host begins to follow it when it starts.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="name">The name of the view, which is also its host in URLs: lower-case letters, digits, '-' and '.'.</param>
    /// <param name="configure">Changes the settings after the configuration.</param>
    /// <exception cref="ArgumentException">The name is not a host name.</exception>
    /// <exception cref="InvalidOperationException">
    /// The name is taken, or there is a view without a key, or the host is built already.
    /// </exception>
    public static void AddBerthView(this IHostApplicationBuilder builder, string name, Action<BerthViewSettings>? configure = null)
    {
        AddView(builder, name, configure, isKeyed: false, nameof(AddBerthView));
        builder.Services.AddMainView(name);
    }

    /// <summary>Registers the <see cref="EndpointView"/> of one Service with its name as the key, for programs with several.</summary>
    /// <inheritdoc cref="AddBerthView"/>
    public static void AddKeyedBerthView(this IHostApplicationBuilder builder, string name, Action<BerthViewSettings>? configure = null) =>
        AddView(builder, name, configure, isKeyed: true, nameof(AddKeyedBerthView));

    /// <summary>
    /// Adds a source that the setting <c>Berth:Source</c> can name. The directory disposes it if it is disposable.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="name">The name of the source and of its section, <c>Berth:NAME</c>.</param>
    /// <param name="create">
    /// Makes the source, when the host starts. Its exceptions stop the start: name the path of a setting in them.
    /// </param>
    /// <exception cref="InvalidOperationException">The name is taken, or the host is built already.</exception>
    public static void AddBerthSource(this IHostApplicationBuilder builder, string name, Func<BerthSourceContext, IEndpointSource> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        CheckOpen(builder, $"the source '{name}'", nameof(AddBerthSource));
        Register(builder.Services).AddSource(new SourceRegistration(name, IsBuiltIn: false, create));
    }

    private static void AddView(
        IHostApplicationBuilder builder, string name, Action<BerthViewSettings>? configure, bool isKeyed, string method)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        if (Dns1123.FaultOfSubdomain(name) is { } fault)
            throw new ArgumentException($"The view's name '{name}' {fault}. It is the host in URLs, as in http://lobby/.", nameof(name));
        CheckOpen(builder, $"the view '{name}'", method);
        Register(builder.Services).AddView(name, isKeyed);
        builder.Services.AddViewSettings(name, configure);
        builder.Services.AddView(name);
        builder.Services.AddViewHealthCheck(name);
    }

    /// <summary>Registers everything that there is once, at the first call.</summary>
    private static BerthRegistrations Register(IServiceCollection services)
    {
        ServiceDescriptor? known = services.FirstOrDefault(static service => service.ServiceType == typeof(BerthRegistrations));
        if (known?.ImplementationInstance is BerthRegistrations registrations)
            return registrations;
        registrations = new BerthRegistrations();
        services.AddSingleton(registrations);
        services.AddSettings();
        services.AddDirectory();
        services.AddPodIdentity();
        services.AddBerthMeters();
        services.AddBerthActivities();
        services.AddStart();
        return registrations;
    }

    private static void CheckOpen(IHostApplicationBuilder builder, string what, string method)
    {
        if (builder.Services.IsReadOnly)
            throw new InvalidOperationException($"The host is built already: {what} cannot be added. Call {method} before Build().");
    }
}
