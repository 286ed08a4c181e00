"""What every story in the browser begins with."""


def sign_in(page, site, name):
    page.goto(f"{site.url}/accounts/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", site.password)
    page.click("main button.primary")
